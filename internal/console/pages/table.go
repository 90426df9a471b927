// Package pages has the pages of the console: one table, and for each page what it shows and
// what its forms do. Its template is the file of the same name in web/pages.
package pages

import "accord/internal/console/visit"

// Table is THE table: every page of the console. A page is a row here, a function that
// gathers what it shows, and a template.
var Table = []visit.Page{
	{Path: "/{$}", Title: "Home", Nav: true, Template: "home", Need: visit.Provider, Show: showHome, Act: actAtHome},
	{Path: "/organization", Title: "Organization", Nav: true, Template: "organization", Need: visit.Principal, Show: showOrganization},
	{Path: "/organization/{node}", Title: "Organization", Template: "organization", Need: visit.Principal, Show: showOrganization, Act: actOnOrganization},
	{Path: "/organization/{node}/branch", Title: "Branch", Template: "organization", Part: "branch", Need: visit.Principal, Show: showBranch},
	{Path: "/handshakes", Title: "Handshakes", Nav: true, Template: "handshakes", Need: visit.Principal, Show: showHandshakes, Act: actOnHandshakes},
	{Path: "/handshakes/{handshake}", Title: "Handshake", Template: "handshake", Need: visit.Principal, Show: showStory, Act: actOnStory},
	{Path: "/inbox", Title: "Inbox", Nav: true, Template: "inbox", Need: visit.Provider, Show: showInbox},
	{Path: "/calls", Title: "Calls", Nav: true, Template: "calls", Need: visit.Provider, Show: showCalls, Act: actOnCalls},
	{Path: "/time", Title: "Time", Nav: true, Template: "time", Need: visit.Provider, Show: showTime, Act: actOnTime},
}
