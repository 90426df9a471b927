package console

// pages is THE table: every page of the console. A page is a row here, a function that
// gathers what it shows, and a template.
var pages = []page{
	{path: "/{$}", title: "Home", nav: true, template: "home", need: provider, show: showHome, act: actAtHome},
	{path: "/handshakes", title: "Handshakes", nav: true, template: "handshakes", need: principal, show: showHandshakes, act: actOnHandshakes},
	{path: "/handshakes/{id}", title: "Handshake", template: "handshake", need: principal, show: showStory, act: actOnStory},
	{path: "/inbox", title: "Inbox", nav: true, template: "inbox", need: provider, show: showInbox},
	{path: "/time", title: "Time", nav: true, template: "time", need: provider, show: showTime, act: actOnTime},
}

// Page is a page of the table, as those see it who look at all pages.
type Page struct{ Path, Title string }

// Pages are all pages.
func Pages() []Page {
	var all []Page
	for _, p := range pages {
		all = append(all, Page{base + p.path, p.title})
	}
	return all
}
