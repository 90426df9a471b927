package console

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"sync"
)

// web has the templates and what they use.
//
//go:embed web
var web embed.FS

// assets are the files that pages use, by their names, with the hash of their content in
// their addresses: a browser keeps a file for as long as it stays the same.
var assets = sync.OnceValue(func() map[string]asset {
	all := map[string]asset{}
	// The files are part of the program.
	_ = fs.WalkDir(web, "web/assets", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := web.ReadFile(name)
		hash := sha256.Sum256(content)
		file, compressed := strings.CutSuffix(path.Base(name), ".gz")
		all[file] = asset{content, hex.EncodeToString(hash[:6]), compressed}
		return err
	})
	return all
})

type asset struct {
	content []byte
	hash    string
	// compressed says that the content is that of a file of gzip.
	compressed bool
}

// assetPath is the address of a file.
func assetPath(name string) string { return assetsPath + assets()[name].hash + "/" + name }

// serveAsset answers with a file, which holds no data.
func serveAsset(w http.ResponseWriter, r *http.Request) {
	hash, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, assetsPath), "/")
	found, is := assets()[name]
	if !is || found.hash != hash {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	w.Header().Set("Content-Type", mediaTypes[path.Ext(name)])
	if !found.compressed {
		_, _ = w.Write(found.content)
		return
	}
	w.Header().Set("Vary", "Accept-Encoding")
	if acceptsGzip(r) {
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(found.content)
		return
	}
	// The files are part of the program.
	if text, err := gzip.NewReader(bytes.NewReader(found.content)); err == nil {
		_, _ = io.Copy(w, text)
	}
}

// acceptsGzip reports whether a client reads what is compressed, as browsers do.
func acceptsGzip(r *http.Request) bool {
	for _, coding := range strings.Split(r.Header.Get("Accept-Encoding"), ",") {
		name, parameters, _ := strings.Cut(strings.ReplaceAll(coding, " ", ""), ";")
		if strings.EqualFold(name, "gzip") {
			return strings.Trim(parameters, "q=0.") != "" || parameters == ""
		}
	}
	return false
}

// mediaTypes are those of the files: the tables of the system differ.
var mediaTypes = map[string]string{
	".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml",
	".txt": "text/plain; charset=utf-8",
}
