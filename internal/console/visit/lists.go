package visit

import (
	"encoding/json"
	"math"
	"strings"
	"time"
)

// Instant is a number of seconds, as the API shows instants.
type Instant float64

// Time is the instant as a time.
func (i Instant) Time() time.Time {
	return time.UnixMilli(int64(math.Round(float64(i) * 1000))).UTC()
}

// PerPage is the largest page of lists. [AWS: API reference]
const PerPage = 20

// Each reads a list page by page, as far as a number of pages: from the first one, or from a
// token on. The token that it returns continues; it is empty at the end.
func Each[T any](v *Visit, operation, member string, in map[string]any, token string, pages int) (all []T, next string, err error) {
	for range pages {
		asked := map[string]any{"MaxResults": PerPage}
		for name, value := range in {
			asked[name] = value
		}
		if token != "" {
			asked["NextToken"] = token
		}
		var page map[string]json.RawMessage
		if err := v.Call(operation, asked, &page); err != nil {
			return all, "", err
		}
		var items []T
		if text := page[member]; text != nil {
			if err := json.Unmarshal(text, &items); err != nil {
				return all, "", err
			}
		}
		all, token = append(all, items...), ""
		if text := page["NextToken"]; text != nil {
			if err := json.Unmarshal(text, &token); err != nil {
				return all, "", err
			}
		}
		if token == "" {
			return all, "", nil
		}
	}
	return all, token, nil
}

// Words is a constant of the API in words: "Approve all features".
func Words(constant string) string {
	text := strings.ToLower(strings.ReplaceAll(constant, "_", " "))
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
