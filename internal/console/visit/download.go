package visit

import (
	"cmp"
	"net/http"
)

// Download passes a file of the admin API on, with the headers that a function sets; nothing is
// kept of it. A refusal is an error, of which nothing was sent.
func (v *Visit) Download(target string, to http.ResponseWriter, header func(http.Header)) error {
	if !v.Powers {
		return NeedsToken()
	}
	r, err := v.newRequest(http.MethodGet, target, nil)
	if err != nil {
		return err
	}
	d := &download{answer: answer{header: http.Header{}}, to: to, set: header}
	v.Server.Admin.ServeHTTP(d, r)
	return d.refused()
}

// download is an answer whose file goes on to the browser.
type download struct {
	answer
	to  http.ResponseWriter
	set func(http.Header)
}

func (d *download) WriteHeader(status int) {
	if d.status != 0 {
		return
	}
	if d.status = cmp.Or(status, http.StatusOK); d.status == http.StatusOK {
		if length := d.header.Get("Content-Length"); length != "" {
			d.to.Header().Set("Content-Length", length)
		}
		d.set(d.to.Header())
		d.to.WriteHeader(http.StatusOK)
	}
}

func (d *download) Write(b []byte) (int, error) {
	d.WriteHeader(http.StatusOK)
	if d.status == http.StatusOK {
		return d.to.Write(b)
	}
	return d.answer.Write(b)
}
