package admin

import "net/http"

// createRootKey makes an access key of the root user of an account. The response is the
// only place where its secret is shown. It takes no body.
func (s *Server) createRootKey(_ http.ResponseWriter, r *http.Request) (any, error) {
	id, secret, err := s.RootKey(r.Context(), accountID(r))
	if err != nil {
		return nil, err
	}
	s.Log.Info("access key of a root user made", "account", accountID(r), "access_key", id)
	return map[string]string{"accessKeyId": id, "secretAccessKey": secret}, nil
}

// rotateKeys encrypts all secrets with the first of the secret keys.
func (s *Server) rotateKeys(_ http.ResponseWriter, r *http.Request) (any, error) {
	changed, err := s.RotateKeys(r.Context())
	if err == nil {
		s.Log.Info("secrets encrypted with the first secret key", "changed", changed)
	}
	return map[string]int{"changed": changed}, err
}
