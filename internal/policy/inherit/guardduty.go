package inherit

// GuardDutyPolicy is the structure of GuardDuty policies. No syntax is
// published: every vocabulary is accepted, and operators keep their rules.
// [assumed]
var GuardDutyPolicy = each(text(0, unbounded), anything())
