package inherit

// UpgradeRolloutPolicy is the structure of upgrade rollout policies: an order
// for all resources, and others by tag key and tag value. These stand for the tags of
// resources, which are case-sensitive. [AWS: guide; the case is assumed]
var UpgradeRolloutPolicy = container(
	field{"default", patchOrder},
	field{"tags", each(authorName, container(
		field{"tag_values", each(text(0, 256), patchOrder).named(exact)},
	)).named(exact)},
)

var patchOrder = container(
	field{"patch_order", one(choice("first", "second", "last"))},
)
