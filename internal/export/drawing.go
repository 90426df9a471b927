package export

import (
	"strings"

	"accord/internal/seed"
)

// drawn makes a format of a picture.
func drawn(draw func(r *resolver) string) func(d *seed.Document) (*File, error) {
	return func(d *seed.Document) (*File, error) {
		r := resolve(d)
		file := &File{Text: []byte(draw(r))}
		for _, o := range r.all {
			file.Notes = append(file.Notes, o.unresolved...)
		}
		return file, nil
	}
}

// badge is what a picture shows of a policy on a target.
type badge struct {
	// kind is the type of the policy, shortened, and class how it is drawn.
	kind, class, text string
}

// kinds are the types of policies in pictures; the others are named by their type.
var kinds = map[string]string{
	"SERVICE_CONTROL_POLICY":    "SCP",
	"RESOURCE_CONTROL_POLICY":   "RCP",
	"TAG_POLICY":                "Tag",
	"BACKUP_POLICY":             "Backup",
	"AISERVICES_OPT_OUT_POLICY": "AI",
	"CHATBOT_POLICY":            "Chat",
	"DECLARATIVE_POLICY_EC2":    "EC2",
}

func kindOf(policyType string) string {
	if k, known := kinds[policyType]; known {
		return k
	}
	words := strings.Fields(strings.ReplaceAll(strings.ToLower(strings.TrimSuffix(policyType, "_POLICY")), "_", " "))
	for i, w := range words {
		words[i] = strings.ToUpper(w[:1]) + w[1:]
	}
	return strings.Join(words, " ")
}

// badges are the policies on a target, and the default policies that are detached.
func badges(t *target) []badge {
	var all []badge
	for _, p := range t.attached {
		b := badge{kindOf(p.TypeOrDefault()), "other", p.Name}
		switch b.kind {
		case "SCP", "RCP":
			b.class = strings.ToLower(b.kind)
		}
		if !p.isKnown() {
			b.kind, b.text = "", p.ID
		}
		all = append(all, b)
	}
	for _, kind := range t.withoutDefault {
		all = append(all, badge{kindOf(kind), "off", "no FullAWSAccess"})
	}
	return all
}

// badgeTexts are badges where a picture has nothing but text for them.
func badgeTexts(t *target) (all []string) {
	for _, b := range badges(t) {
		all = append(all, strings.TrimSpace(b.kind+" "+b.text))
	}
	return all
}

// stateText is what a picture shows of the state of an account; nothing of one that is
// active.
func (a *account) stateText() string {
	if a.state == stateActive {
		return ""
	}
	return strings.ToLower(strings.ReplaceAll(a.state, "_", " "))
}

// services are what an account administers.
func (o *organization) services(a *account) (all []string) {
	for _, d := range o.admins {
		if d.account == a {
			all = append(all, strings.TrimSuffix(d.service, ".amazonaws.com"))
		}
	}
	return all
}
