package foreign

import "accord/internal/api"

// form is how a protocol writes an error. [AWS: protocols of Smithy]
type form struct {
	contentType string
	// code replaces the name of the error; empty keeps it.
	code string
	// errorHeader is the header that repeats the code; empty for none.
	errorHeader string
	headers     map[string]string
	append      func(b []byte, code, text, requestID string) []byte
}

// jsonForm is that of JSON 1.0, JSON 1.1 and of REST with JSON. SDKs read the text
// with and without a capital letter.
func jsonForm(contentType string) form {
	return form{contentType: contentType, errorHeader: "x-amzn-ErrorType", append: func(b []byte, code, text, _ string) []byte {
		b = api.AppendString(append(b, `{"__type":`...), code)
		b = api.AppendString(append(b, `,"message":`...), text)
		b = api.AppendString(append(b, `,"Message":`...), text)
		return append(b, '}')
	}}
}

// xmlType is the media type of the XML forms.
const xmlType = "text/xml"

// The XML forms. They differ in the elements around the error.
var (
	queryForm = form{contentType: xmlType, code: "InvalidAction", append: func(b []byte, code, text, requestID string) []byte {
		b = append(b, "<ErrorResponse><Error><Type>Sender</Type>"...)
		b = append(appendXML(b, code, text), "</Error>"...)
		return append(appendElement(b, "RequestId", requestID), "</ErrorResponse>"...)
	}}
	ec2Form = form{contentType: xmlType, code: "InvalidAction", append: func(b []byte, code, text, requestID string) []byte {
		b = append(b, "<Response><Errors><Error>"...)
		b = append(appendXML(b, code, text), "</Error></Errors>"...)
		return append(appendElement(b, "RequestID", requestID), "</Response>"...)
	}}
	s3Form = form{contentType: "application/xml", code: "NotImplemented", append: func(b []byte, code, text, requestID string) []byte {
		b = appendXML(append(b, "<Error>"...), code, text)
		return append(appendElement(b, "RequestId", requestID), "</Error>"...)
	}}
)

func appendXML(b []byte, code, text string) []byte {
	return appendElement(appendElement(b, "Code", code), "Message", text)
}

func appendElement(b []byte, name, text string) []byte {
	b = append(append(append(b, '<'), name...), '>')
	b = api.AppendXMLText(b, text)
	return append(append(append(b, "</"...), name...), '>')
}

// cborForm is a map of two texts.
var cborForm = form{
	contentType: "application/cbor", headers: map[string]string{"Smithy-Protocol": "rpc-v2-cbor"},
	append: func(b []byte, code, text, _ string) []byte {
		const mapOfTwo = 0xa2
		b = append(b, mapOfTwo)
		for _, t := range []string{"__type", code, "message", text} {
			b = appendCBORText(b, t)
		}
		return b
	},
}

// appendCBORText appends a text of less than 64 KB. [RFC 8949, section 3]
func appendCBORText(b []byte, text string) []byte {
	const shortText, twoBytes, short = 0x60, 0x79, 24
	if n := len(text); n < short {
		b = append(b, shortText|byte(n))
	} else {
		b = append(b, twoBytes, byte(n>>8), byte(n))
	}
	return append(b, text...)
}
