package server

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"accord/internal/api"
	"accord/internal/telemetry"
)

// recording is a writer that keeps the body of an answer for the log.
type recording struct {
	http.ResponseWriter
	body bytes.Buffer
}

func (r *recording) Write(b []byte) (int, error) {
	r.body.Write(b)
	return r.ResponseWriter.Write(b)
}

// logBodies adds the bodies of a call to its line, with what may be secret masked. A
// request that could not be read is left out, and so is an answer whose text can quote
// a refused value.
func (r *recording) logBodies(c *Call, observed *telemetry.Call) {
	if in := c.input(); in != nil && c.decoded {
		observed.Input = shown(in.AppendEventJSON(nil))
	}
	if observed.Member == "" && observed.Rule == "" {
		observed.Answer = shown(r.body.Bytes())
	}
}

// longestBody bounds what is shown of a body, in bytes.
const longestBody = 2 << 10

// shown is a masked body, cut to a length.
func shown(body []byte) string {
	text := masked(body)
	if len(text) > longestBody {
		return fmt.Sprintf("%s... (%d bytes)", strings.ToValidUTF8(text[:longestBody], ""), len(text))
	}
	return text
}

const mask = "****"

// secretName matches the names of members whose values are masked: those that hold
// credentials, tokens, names of people and accounts, and free text. Email addresses are
// masked wherever they are.
var secretName = api.NewExpression(`(?i)secret|token|password|credential|signature|externalid|email|notes|^(account)?name$|^value$`)

// address matches email addresses.
var address = api.NewExpression(`[^\s"'<>(),:;@]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+`)

// secretElement matches such members of an answer in XML.
var secretElement = api.NewExpression(`(?i)<(\w*(?:secret|token|password)\w*)>[^<]+<`)

func masked(body []byte) string {
	if len(body) == 0 {
		return ""
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var value any
	if decoder.Decode(&value) != nil {
		return address.ReplaceAllString(secretElement.ReplaceAllString(string(body), "<$1>"+mask+"<"), mask)
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(maskValue(value)) != nil {
		return ""
	}
	return strings.TrimSuffix(text.String(), "\n")
}

// maskValue masks the secrets in a value of JSON, in place.
func maskValue(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for name, member := range v {
			if _, nested := member.(map[string]any); secretName.MatchString(name) && !nested {
				v[name] = mask
			} else {
				v[name] = maskValue(member)
			}
		}
	case []any:
		for i := range v {
			v[i] = maskValue(v[i])
		}
	case string:
		return address.ReplaceAllString(v, mask)
	}
	return value
}
