package inherit

// SecurityHubCSPMPolicy is the structure of the documents of Security Hub CSPM
// policies. The published part is cspm_enablement with its Region lists. The name
// of the top-level key and the vocabulary of standards and controls are not known
// here: cspm_enablement may be on top or under one key of any name, and whatever is
// beside it there is accepted. [AWS: Security Hub CSPM policy syntax; assumed: all
// but cspm_enablement]
//
// Keys of unknown meaning keep the case in which they are first written.
var SecurityHubCSPMPolicy = container(cspmEnablement).named(asWritten).openTo(
	container(cspmEnablement).named(asWritten).openTo(anything().named(asWritten)),
)

var cspmEnablement = field{"cspm_enablement", regionLists()}
