package inherit

// Security Hub, Inspector and Network Security Director policies turn features
// on and off by Region. [AWS: guide]

// regionLists is a feature with its Regions. A service disables it in a Region that
// is in both lists. The effective policy must have both lists, which may be empty; a
// document may have only one, since the other can be inherited. [AWS: guide; the
// moment of the check is assumed]
func regionLists(more ...field) *Element {
	return container(append([]field{
		{"enable_in_regions", many(regionOrAll)},
		{"disable_in_regions", many(regionOrAll)},
	}, more...)...).requiring("enable_in_regions", "disable_in_regions")
}

var regionOrAll = matching("a Region code such as eu-north-1, or ALL_SUPPORTED", regionPattern+`|ALL_SUPPORTED`)
