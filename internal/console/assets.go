package console

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
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
		file := path.Base(name)
		all[file] = asset{content, hex.EncodeToString(hash[:6])}
		return err
	})
	return all
})

type asset struct {
	content []byte
	hash    string
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
	_, _ = w.Write(found.content)
}

// mediaTypes are those of the files: the tables of the system differ.
var mediaTypes = map[string]string{
	".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml",
	".txt": "text/plain; charset=utf-8",
}
