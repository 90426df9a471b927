package console

import (
	"encoding/json"
	"errors"
	"strings"

	"accord/internal/console/visit"
)

// checkPolicy answers an editor, which asks while a person types, with what the service would
// say of the policy. It is a form like that of the page, and nothing is changed by it.
func (s *Console) checkPolicy(v *visitor) error {
	var verdict json.RawMessage
	err := s.checkForm(v, nil)
	if err == nil {
		// Browsers send each line break of a text area as two characters.
		content := strings.ReplaceAll(v.PostFormValue("content"), "\r\n", "\n")
		err = v.CheckPolicy(v.PostFormValue("type"), content, &verdict)
	}
	var refused *visit.Failure
	if err != nil && !errors.As(err, &refused) {
		return err
	}
	v.w.Header().Set("Content-Type", "application/json")
	if refused != nil {
		v.w.WriteHeader(refused.Status)
		verdict, err = json.Marshal(map[string]string{"error": refused.Message})
		if err != nil {
			return err
		}
	}
	_, _ = v.w.Write(verdict)
	return nil
}
