package inherit_test

import (
	"strings"
	"testing"
	"time"
)

// scheduled is a backup rule with the schedule; archived ones must pause 28
// days between runs.
func scheduled(expression string, archived bool) string {
	lifecycle := ""
	if archived {
		lifecycle = `,"lifecycle":{"move_to_cold_storage_after_days":{"@@assign":"30"},"delete_after_days":{"@@assign":"120"},"opt_in_to_archive_for_supported_resources":{"@@assign":"true"}}`
	}
	return `{"plans":{"p":{"rules":{"r":{"schedule_expression":{"@@assign":"` + expression + `"}` + lifecycle + `}}}}}`
}

// TestSchedulesRunWhenCronSays reads the next two runs from the diagnostic of a
// schedule that runs too often for archive.
func TestSchedulesRunWhenCronSays(t *testing.T) {
	for _, c := range []struct{ expression, now, first, second string }{
		{"0 5 ? * * *", "2026-09-13 04:59", "2026-09-13 05:00", "2026-09-14 05:00"},
		{"0 5 ? * * *", "2026-09-13 05:00", "2026-09-14 05:00", "2026-09-15 05:00"},
		{"0 5 ? * * *", "2026-12-30 06:00", "2026-12-31 05:00", "2027-01-01 05:00"},
		{"44,46 8 ? * * *", "2026-09-13 08:45", "2026-09-13 08:46", "2026-09-14 08:44"},
		{"0 */6 ? * * *", "2026-09-13 13:00", "2026-09-13 18:00", "2026-09-14 00:00"},
		{"0 1/10 ? * * *", "2026-09-13 00:00", "2026-09-13 01:00", "2026-09-13 11:00"},
		{"0 22-2/3 ? * * *", "2026-09-13 12:00", "2026-09-13 22:00", "2026-09-14 01:00"},
		{"0 5 ? NOV-FEB * *", "2026-03-01 00:00", "2026-11-01 05:00", "2026-11-02 05:00"},
		{"0 5 L,10 * ? *", "2028-02-11 00:00", "2028-02-29 05:00", "2028-03-10 05:00"},
		{"0 5 L,1 * ? *", "2026-09-13 00:00", "2026-09-30 05:00", "2026-10-01 05:00"},
		{"0 5 L-3,28 * ? *", "2026-09-01 00:00", "2026-09-27 05:00", "2026-09-28 05:00"},
		{"0 5 L-30,L * ? *", "2026-09-13 00:00", "2026-09-30 05:00", "2026-10-01 05:00"},
		{"0 5 15W,20 * ? *", "2026-08-13 00:00", "2026-08-14 05:00", "2026-08-20 05:00"}, // the 15th is a Saturday
		{"0 5 15W,20 * ? *", "2026-11-13 00:00", "2026-11-16 05:00", "2026-11-20 05:00"}, // the 15th is a Sunday
		{"0 5 1W,20 * ? *", "2026-07-31 00:00", "2026-08-03 05:00", "2026-08-20 05:00"},  // the 1st is a Saturday
		{"0 5 31W,20 * ? *", "2026-05-21 00:00", "2026-05-29 05:00", "2026-06-20 05:00"}, // the 31st is a Sunday, June has none
		{"0 5 LW,20 * ? *", "2026-05-21 00:00", "2026-05-29 05:00", "2026-06-20 05:00"},
		{"0 5 L-3W,20 * ? *", "2026-09-21 00:00", "2026-09-28 05:00", "2026-10-20 05:00"}, // the 27th is a Sunday
		{"0 5 1-3W,5 * ? *", "2026-08-01 00:00", "2026-08-03 05:00", "2026-08-05 05:00"},  // Saturday, Sunday and Monday
		{"0 5 ? * 1 *", "2026-09-13 00:00", "2026-09-13 05:00", "2026-09-20 05:00"},
		{"0 5 ? * L *", "2026-09-13 00:00", "2026-09-19 05:00", "2026-09-26 05:00"},
		{"0 5 ? * 6L,6 *", "2026-09-20 00:00", "2026-09-25 05:00", "2026-10-02 05:00"},
		{"0 5 ? * MONL,TUE *", "2026-09-27 00:00", "2026-09-28 05:00", "2026-09-29 05:00"},
		{"0 5 ? * mon#2,sun *", "2026-09-13 06:00", "2026-09-14 05:00", "2026-09-20 05:00"},
		{"0 5 ? * MON#5,TUE *", "2026-08-26 00:00", "2026-08-31 05:00", "2026-09-01 05:00"},
		{"0 5 ? * 7-1 *", "2026-09-14 00:00", "2026-09-19 05:00", "2026-09-20 05:00"},
		{"0 5 ? * MON-FRI/2 *", "2026-09-14 06:00", "2026-09-16 05:00", "2026-09-18 05:00"},
		{"0 5 1,2 1 ? 2030/2", "2026-09-13 00:00", "2030-01-01 05:00", "2030-01-02 05:00"},
		{"0 5 28,29 2 ? *", "2027-02-28 06:00", "2028-02-28 05:00", "2028-02-29 05:00"},
		{"0 5 1,2 * ?", "2026-09-13 00:00", "2026-10-01 05:00", "2026-10-02 05:00"},
		{"0 5 1,2 * ? * nonsense", "2026-09-13 00:00", "2026-10-01 05:00", "2026-10-02 05:00"},
	} {
		now, err := time.ParseInLocation("2006-01-02 15:04", c.now, time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		want := "they are " + c.first + " and " + c.second + " UTC"
		diagnostic := check("BACKUP_POLICY", scheduled("cron("+c.expression+")", true), now)
		if diagnostic == nil || !strings.HasSuffix(diagnostic.Message, want) {
			t.Errorf("%s after %s: %v, want %s", c.expression, c.now, diagnostic, want)
		}
	}
}

func TestScheduleTimesAreUTC(t *testing.T) {
	east := time.FixedZone("east", 5*60*60)
	now := time.Date(2026, 9, 13, 12, 40, 0, 0, east) // 07:40 UTC
	if diagnostic := check("BACKUP_POLICY", scheduled("cron(0,59 7 ? * * *)", false), now); diagnostic != nil {
		t.Errorf("07:59 and 07:00 tomorrow: %v", diagnostic)
	}
	if diagnostic := check("BACKUP_POLICY", scheduled("cron(0,59 8 ? * * *)", false), now); diagnostic == nil {
		t.Error("08:00 and 08:59 are accepted")
	}
}

func TestScheduleGrammar(t *testing.T) {
	for expression, accepted := range map[string]bool{
		"cron(0 5 1 * ? *)":               true,
		"cron(00 05 01 * ? *)":            true,
		"cron( 0 5\\t1 * ? * )":           true,
		"cron(0 5 1W,15W * ? *)":          true,
		"cron(0 5 lw * ? *)":              true,
		"cron(0 5 l-3w * ? *)":            true,
		"cron(0 5 1-5W JAN ? *)":          true,
		"cron(0 5 30 2 ? *)":              false, // never
		"cron(0 5 31W FEB ? *)":           false,
		"cron(0 5 1 1 ? 2027)":            false, // once
		"cron(0 5 1 1,2 ? 2027)":          true,
		"cron(0 5 1 * ? 2035-2030)":       false,
		"cron(0 5 1 * ? 2199)":            true,
		"cron(0 5 * * * *)":               false,
		"cron(0 5 ? * ? *)":               false,
		"cron(? 5 1 * ? *)":               false,
		"cron(0 5 1 ? * *)":               false,
		"cron(60 5 1 * ? *)":              false,
		"cron(0 24 1 * ? *)":              false,
		"cron(0 5 0 * ? *)":               false,
		"cron(0 5 32 * ? *)":              false,
		"cron(0 5 1 13 ? *)":              false,
		"cron(0 5 1 JANUARY ? *)":         false,
		"cron(0 5 ? * 8 *)":               false,
		"cron(0 5 ? * MON#0 *)":           false,
		"cron(0 5 ? * MON#6 *)":           false,
		"cron(0 5 ? * L,2L *)":            false,
		"cron(0 5 ? * L#2 *)":             false,
		"cron(0 5 ? * MON#2L *)":          false,
		"cron(0 5 1, * ? *)":              false,
		"cron(0 5 1-2-3 * ? *)":           false,
		"cron(0 5 1/0 * ? *)":             false,
		"cron(0 5 1/ * ? *)":              false,
		"cron(0 5 -1 * ? *)":              false,
		"cron(0 5 1/5W * ? *)":            false,
		"cron(0 5 *W * ? *)":              false,
		"cron(0 5 W * ? *)":               false,
		"cron(0 5 L3 * ? *)":              false,
		"cron(0 5 L- * ? *)":              false,
		"cron(0 5 1 *)":                   false,
		"cron()":                          false,
		"CRON(0 5 1 * ? *)":               false,
		" cron(0 5 1 * ? *)":              false,
		"cron(0 5 1 * ? *":                false,
		"cron(0 00000000005 1 * ? *)":     false,
		"cron(0 99999999999999 1 * ? *)":  false,
		"cron(*/61 5 1 * ? *)":            false,
		"cron(0/59 5 1 * ? *)":            false, // 05:00 and 05:59
		"cron(0 5,6 1 * ? *)":             true,
		"cron(0,30 5 1 * ? *)":            false,
		"cron(0 5 1 * ? 1970-1971)":       false,
		"cron(0 5 1 * ? 1970/1)":          true,
		"rate(1 day)":                     false,
		"cron(0 5 1 * ? *)cron(0 5 1 * ?": false,
	} {
		if diagnostic := check("BACKUP_POLICY", scheduled(expression, false), anyTime); (diagnostic == nil) != accepted {
			t.Errorf("%s: accepted = %v, want %v: %v", expression, diagnostic == nil, accepted, diagnostic)
		}
	}
}

func TestScheduleEndsWithTheCalendar(t *testing.T) {
	content := scheduled("cron(0 5 1 * ? *)", false)
	for now, accepted := range map[time.Time]bool{
		{}: true,
		time.Date(2199, 10, 31, 0, 0, 0, 0, time.UTC): true,
		time.Date(2199, 11, 2, 0, 0, 0, 0, time.UTC):  false,
		time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC):   false,
	} {
		if diagnostic := check("BACKUP_POLICY", content, now); (diagnostic == nil) != accepted {
			t.Errorf("at %v: accepted = %v, want %v: %v", now, diagnostic == nil, accepted, diagnostic)
		}
	}
}
