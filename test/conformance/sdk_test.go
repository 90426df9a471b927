package conformance

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"reflect"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations"

	"accord/test/facts"
)

// The SDK shares no code with the server: it checks every valid request and its
// answer independently.

// witness keeps the last answer as it came over the wire.
type witness struct {
	http.RoundTripper
	last answer
}

func (w *witness) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := w.RoundTripper.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	w.last = answer{response.StatusCode, response.Header, text}
	response.Body = io.NopCloser(bytes.NewReader(text))
	return response, response.Body.Close()
}

// viaSDK makes the SDK send a request, and returns the answer as it came and as
// the SDK understood it.
func (in *server) viaSDK(account, operation string, request body) (answer, reflect.Value, error) {
	w := &witness{RoundTripper: in.client.Transport}
	client := organizations.New(organizations.Options{
		Region:       "us-east-1",
		BaseEndpoint: aws.String(in.url),
		HTTPClient:   &http.Client{Transport: w},
		Retryer:      aws.NopRetryer{},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: account, SecretAccessKey: "any"}, nil
		}),
	})
	method := reflect.ValueOf(client).MethodByName(operation)
	input := reflect.New(method.Type().In(1).Elem())
	if err := fill(input.Elem(), request); err != nil {
		return answer{}, reflect.Value{}, err
	}
	out := method.Call([]reflect.Value{reflect.ValueOf(context.Background()), input})
	if err, failed := out[1].Interface().(error); failed {
		return w.last, reflect.Value{}, err
	}
	return w.last, out[0].Elem(), nil
}

// fill sets the values of a request in the types of the SDK.
func fill(into reflect.Value, value any) error {
	if into.Type() == reflect.TypeFor[time.Time]() {
		into.Set(reflect.ValueOf(time.Unix(int64(value.(int)), 0)))
		return nil
	}
	switch into.Kind() {
	case reflect.Pointer:
		into.Set(reflect.New(into.Type().Elem()))
		return fill(into.Elem(), value)
	case reflect.Struct:
		for name, v := range value.(body) {
			field := into.FieldByName(name)
			if !field.IsValid() {
				return fmt.Errorf("the SDK has no member %s", name)
			}
			if err := fill(field, v); err != nil {
				return err
			}
		}
	case reflect.Slice:
		list := value.([]any)
		into.Set(reflect.MakeSlice(into.Type(), len(list), len(list)))
		for i, v := range list {
			if err := fill(into.Index(i), v); err != nil {
				return err
			}
		}
	case reflect.String:
		into.SetString(value.(string))
	case reflect.Int32:
		into.SetInt(int64(value.(int)))
	default:
		return fmt.Errorf("%v is no type of a request", into.Type())
	}
	return nil
}

// understood checks that the SDK read all that was sent.
func understood(text []byte, out reflect.Value) error {
	var sent any
	if err := json.Unmarshal(text, &sent); err != nil {
		return err
	}
	return same(sent, out, nil)
}

func same(sent any, got reflect.Value, at facts.Path) error {
	for got.Kind() == reflect.Pointer {
		if got.IsNil() {
			return fmt.Errorf("%s: the SDK did not read %v", at, sent)
		}
		got = got.Elem()
	}
	differs := func() error { return fmt.Errorf("%s: sent %v, the SDK read %v", at, sent, got) }
	switch sent := sent.(type) {
	case map[string]any:
		for name, v := range sent {
			if err := same(v, got.FieldByName(name), at.Down(name)); err != nil {
				return err
			}
		}
	case []any:
		if got.Len() != len(sent) {
			return differs()
		}
		for i, v := range sent {
			if err := same(v, got.Index(i), at.Down(i)); err != nil {
				return err
			}
		}
	case string:
		if got.Kind() != reflect.String || got.String() != sent {
			return differs()
		}
	case bool:
		if got.Bool() != sent {
			return differs()
		}
	case float64:
		instant, ok := got.Interface().(time.Time)
		if !ok || math.Abs(float64(instant.UnixMicro())-sent*1e6) > 1000 {
			return differs()
		}
	}
	return nil
}
