package handshake

// Kind is what a handshake asks for. The values are the ActionType of the wire.
type Kind string

// The kinds. [AWS: ActionType]
const (
	// Invite asks an account to join an organization.
	Invite Kind = "INVITE"
	// EnableAllFeatures collects the consent of an organization to all features.
	EnableAllFeatures Kind = "ENABLE_ALL_FEATURES"
	// ApproveAllFeatures asks one invited member for that consent.
	ApproveAllFeatures Kind = "APPROVE_ALL_FEATURES"
	// AddServiceLinkedRole asks one created member to make the role that all
	// features need.
	AddServiceLinkedRole Kind = "ADD_ORGANIZATIONS_SERVICE_LINKED_ROLE"
	// TransferResponsibility asks another organization to let the sender manage
	// and pay its bill.
	TransferResponsibility Kind = "TRANSFER_RESPONSIBILITY"
)

// State is the state of a handshake. The values are those of the wire.
type State string

// The states. [AWS: HandshakeState]
const (
	// Requested waits for the answers of several accounts.
	Requested State = "REQUESTED"
	// Open can be answered, or completed, now.
	Open State = "OPEN"
	// Accepted, Declined, Canceled and Expired are terminal: they never change.
	Accepted State = "ACCEPTED"
	Declined State = "DECLINED"
	Canceled State = "CANCELED"
	Expired  State = "EXPIRED"
)

// States lists all states in the order of a handshake's life.
var States = []State{Requested, Open, Accepted, Declined, Canceled, Expired}

// Terminal reports whether the state never changes again.
func (s State) Terminal() bool { return s != Requested && s != Open }
