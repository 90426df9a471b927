package console

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"accord/internal/console/visit"
)

// maxFormBytes bounds the fields of a form, unless its page says more. The largest usual field is
// the document of a policy, whose characters a form may write as twelve bytes each.
const maxFormBytes int64 = 256 << 10

// maxFields bounds their number in a form with a file.
const maxFields = 100

// fieldsOf is how many bytes the fields of the forms of a page may have; those of no page are
// of a sign-in.
func fieldsOf(p *visit.Page) int64 {
	if p == nil {
		return maxFormBytes
	}
	return cmp.Or(p.Fields, maxFormBytes)
}

// errMedia refuses what is no form.
var errMedia = &visit.Failure{Status: http.StatusUnsupportedMediaType, Message: "The body must be a form."}

// readForm reads the form of a request, as far as its file.
func readForm(v *visitor, p *visit.Page) error {
	media, _, err := mime.ParseMediaType(v.Header.Get("Content-Type"))
	switch {
	case err != nil:
		return errMedia
	case media == "multipart/form-data" && p != nil && p.Upload > 0:
		err = readUpload(v, p)
	case media != "application/x-www-form-urlencoded":
		return errMedia
	default:
		err = v.ParseForm()
	}
	var large *http.MaxBytesError
	var known *visit.Failure
	switch {
	case errors.As(err, &large):
		return tooLarge(fieldsOf(p))
	case errors.As(err, &known):
		return known
	case err != nil:
		return &visit.Failure{Status: http.StatusBadRequest, Message: "The form cannot be read."}
	}
	for _, values := range v.PostForm {
		for _, value := range values {
			if !utf8.ValidString(value) || strings.Contains(value, "\x00") {
				return &visit.Failure{Status: http.StatusBadRequest, Message: "The form contains NUL or invalid UTF-8."}
			}
		}
	}
	return nil
}

func tooLarge(most int64) *visit.Failure {
	return &visit.Failure{Status: http.StatusRequestEntityTooLarge, Message: fmt.Sprintf("The form is too large: it may have %d KiB.", most>>10)}
}

// readUpload reads a form with a file. The fields come first, so that a form of a stranger is
// refused before anything of its file is read.
func readUpload(v *visitor, p *visit.Page) error {
	if v.ContentLength > fieldsOf(p)+p.Upload {
		return &visit.Failure{Status: http.StatusRequestEntityTooLarge, Message: fmt.Sprintf("The file is too large: it may have %d MiB.", p.Upload>>20)}
	}
	parts, err := v.MultipartReader()
	if err != nil {
		return errMedia
	}
	v.PostForm, v.Form = url.Values{}, v.URL.Query()
	left := fieldsOf(p)
	for range maxFields {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if isFile(part) {
			// A field of a file that nobody chose has no name.
			if name := part.FileName(); name != "" {
				v.Upload = &visit.Upload{Name: name, Reader: part}
				return nil
			}
			continue
		}
		value, err := io.ReadAll(io.LimitReader(part, left+1))
		if err != nil {
			return err
		}
		if left -= int64(len(value)); left < 0 {
			return tooLarge(fieldsOf(p))
		}
		v.PostForm.Add(part.FormName(), string(value))
		v.Form.Add(part.FormName(), string(value))
	}
	return &visit.Failure{Status: http.StatusBadRequest, Message: fmt.Sprintf("The form has more than %d fields.", maxFields)}
}

// isFile reports whether a part of a form is a file, or one that was not chosen.
func isFile(part *multipart.Part) bool {
	_, named, err := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
	if err != nil {
		return false
	}
	_, is := named["filename"]
	return is
}
