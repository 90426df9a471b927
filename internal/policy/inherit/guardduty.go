package inherit

// guardDutyPolicy is the structure of GuardDuty policies. No syntax is
// published: every vocabulary is accepted, and operators keep their rules.
// [assumed]
var guardDutyPolicy = each(text(0, unbounded), anything())
