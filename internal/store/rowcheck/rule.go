package rowcheck

import (
	"fmt"

	"accord/internal/store/engine"
)

// rule is a query for the IDs of what contradicts other rows.
type rule struct{ finding, query string }

// most bounds the findings of one rule.
const most = 5

// find returns what the query of the rule finds.
func (r rule) find(session engine.Session) (findings []string, err error) {
	rows, err := session.Query(r.query, nil)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for len(findings) < most && rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		findings = append(findings, fmt.Sprintf(r.finding, id))
	}
	return findings, rows.Err()
}
