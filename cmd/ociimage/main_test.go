package main

import (
	"archive/tar"
	"debug/elf"
	"encoding/json"
	"io"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/validate"

	"accord/test/require"
)

const version = "v1.2.3-test"

// image builds the archive for this machine and returns the image in it.
func image(t *testing.T) v1.Image {
	t.Helper()
	require.Full(t)
	folder := t.TempDir()
	out := filepath.Join(folder, "image.tar")
	if err := write(out, version, []string{runtime.GOARCH}); err != nil {
		t.Fatal(err)
	}
	unpacked := filepath.Join(folder, "layout")
	file, err := os.Open(out)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	unpack(t, file, unpacked)
	index, err := layout.ImageIndexFromPath(unpacked)
	if err != nil {
		t.Fatal(err)
	}
	if err := validate.Index(index); err != nil {
		t.Fatal(err)
	}
	manifest, err := index.IndexManifest()
	if err != nil || len(manifest.Manifests) != 1 {
		t.Fatalf("%+v, %v", manifest, err)
	}
	one := manifest.Manifests[0]
	if one.Platform.String() != "linux/"+runtime.GOARCH || one.Annotations["org.opencontainers.image.ref.name"] != version {
		t.Errorf("the image is for %s, tag %v", one.Platform, one.Annotations)
	}
	found, err := index.Image(one.Digest)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// unpack writes the files of a tar archive below a folder.
func unpack(t *testing.T, archive io.Reader, folder string) []tar.Header {
	t.Helper()
	var all []tar.Header
	for r := tar.NewReader(archive); ; {
		h, err := r.Next()
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, *h)
		path := filepath.Join(folder, h.Name)
		if h.Typeflag == tar.TypeDir {
			err = os.MkdirAll(path, fs.FileMode(h.Mode))
		} else if err = os.MkdirAll(filepath.Dir(path), 0o755); err == nil {
			var content []byte
			if content, err = io.ReadAll(r); err == nil {
				err = os.WriteFile(path, content, fs.FileMode(h.Mode))
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// rootFS unpacks the one layer of an image.
func rootFS(t *testing.T, i v1.Image) (string, []tar.Header) {
	t.Helper()
	layers, err := i.Layers()
	if err != nil || len(layers) != 1 {
		t.Fatalf("%d layers, %v", len(layers), err)
	}
	files, err := layers[0].Uncompressed()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = files.Close() }()
	folder := t.TempDir()
	return folder, unpack(t, files, folder)
}

func TestTheImageIsOneStaticBinaryWithoutRoot(t *testing.T) {
	require.That(t, runtime.GOOS == "linux", "Linux, to read and run the image")
	require.That(t, !testing.Short(), "the time to build the program, which -short does not take")
	i := image(t)
	file, err := i.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	c := file.Config
	if c.User != "65532:65532" || !slices.Equal(c.Entrypoint, []string{"/accord"}) || !slices.Equal(c.Cmd, []string{"serve"}) || c.WorkingDir != "/data" {
		t.Errorf("configuration: %+v", c)
	}
	folder, headers := rootFS(t, i)
	var names []string
	for _, h := range headers {
		names = append(names, h.Name)
		if h.Name == "data/" && (h.Uid != user || h.Gid != user) {
			t.Errorf("/data belongs to %d:%d", h.Uid, h.Gid)
		}
	}
	if want := []string{"data/", "tmp/", "accord"}; !slices.Equal(names, want) {
		t.Errorf("files: %q, want %q", names, want)
	}
	program, err := elf.Open(filepath.Join(folder, "accord"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = program.Close() }()
	for _, section := range program.Progs {
		if section.Type == elf.PT_INTERP {
			t.Error("the program needs a dynamic linker")
		}
	}
	out, err := exec.Command(filepath.Join(folder, "accord"), "version").Output()
	if err != nil || !strings.HasPrefix(string(out), "accord "+version+" ") {
		t.Errorf("version: %q, %v", out, err)
	}
	t.Run("TheDockerfileSaysTheSame", func(t *testing.T) { agreesWithDockerfile(t, c) })
	t.Run("ItRunsInAContainer", func(t *testing.T) { runsInContainer(t, folder, c) })
}

// agreesWithDockerfile compares the configuration with the instructions of the
// Dockerfile.
func agreesWithDockerfile(t *testing.T, c v1.Config) {
	text, err := os.ReadFile("../../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	list := func(words []string) string {
		text, _ := json.Marshal(words)
		return strings.ReplaceAll(string(text), `","`, `", "`)
	}
	for _, want := range []string{
		"USER " + c.User, "WORKDIR " + c.WorkingDir, "VOLUME " + c.WorkingDir, "ENV " + strings.Join(c.Env, " "), "EXPOSE 8016 8017",
		"HEALTHCHECK --interval=5s --timeout=5s CMD " + list(c.Healthcheck.Test[1:]), "ENTRYPOINT " + list(c.Entrypoint), "CMD " + list(c.Cmd),
	} {
		if !strings.Contains(string(text), "\n"+want+"\n") {
			t.Errorf("the Dockerfile lacks %q", want)
		}
	}
}

// runsInContainer runs the image as a container engine would: with its user, its
// environment and a read-only file system but for /data.
func runsInContainer(t *testing.T, folder string, c v1.Config) {
	runc := require.Tool(t, "runc", "/usr/sbin")
	require.That(t, os.Geteuid() == 0, "the rights of root, for a container")
	if err := os.Chown(filepath.Join(folder, "data"), user, user); err != nil {
		t.Fatal(err)
	}
	bundle := t.TempDir()
	// The network of this machine, with ports of this test.
	api, admin := freeAddress(t), freeAddress(t)
	environ := append(slices.Clone(c.Env), "ACCORD_LISTEN="+api, "ACCORD_ADMIN_LISTEN="+admin)
	spec := map[string]any{
		"ociVersion": "1.0.2",
		"root":       map[string]any{"path": folder, "readonly": true},
		"process": map[string]any{
			"user": map[string]int{"uid": user, "gid": user}, "cwd": c.WorkingDir, "env": environ,
			"args": slices.Concat(c.Entrypoint, c.Cmd), "noNewPrivileges": true,
		},
		"mounts": []map[string]any{
			{"destination": "/data", "source": filepath.Join(folder, "data"), "type": "bind", "options": []string{"bind", "rw"}},
			{"destination": "/proc", "source": "proc", "type": "proc"},
		},
		"linux": map[string]any{"namespaces": []map[string]string{{"type": "pid"}, {"type": "mount"}, {"type": "ipc"}}},
	}
	text, err := json.Marshal(spec)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(bundle, "config.json"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	name := "accord-test-" + filepath.Base(bundle)
	container := exec.Command(runc, "run", "--bundle", bundle, name)
	var log strings.Builder
	container.Stdout, container.Stderr = &log, &log
	if err := container.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = exec.Command(runc, "delete", "--force", name).Run()
		_ = container.Wait()
		if t.Failed() {
			t.Logf("the container:\n%s", &log)
		}
	})
	program := filepath.Join(folder, "accord")
	token := filepath.Join(folder, "data", "admin-token")
	for _, args := range [][]string{{"wait", "--timeout", "30s"}, {"account", "create", "--id", "222222222222", "--admin-token-file", token}} {
		if out, err := exec.Command(program, append(args, "--admin", admin)...).CombinedOutput(); err != nil {
			t.Fatalf("accord %v: %v %s", args, err, out)
		}
	}
	info, err := os.Stat(filepath.Join(folder, "data", "accord.db"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the store: %v, %v", info, err)
	}
}

// freeAddress returns an address that nothing listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

func TestTheArchiveIsTheSameForTheSameBinary(t *testing.T) {
	i := func() string {
		files, err := fileSystem([]byte("program"))
		if err != nil {
			t.Fatal(err)
		}
		return string(files)
	}
	first := i()
	if second := i(); first != second {
		t.Error("the same program gives other files")
	}
}
