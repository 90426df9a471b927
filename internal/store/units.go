package store

import (
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/page"
)

const unitColumns = `id, organization_id, parent_id, name, path, depth, created_at, sequence`

func scanUnit(row Scanner, u *org.Unit) error {
	var created int64
	if err := row.Scan(&u.ID, &u.Organization, &u.Parent, &u.Name, &u.Path, &u.Depth, &created, &u.Sequence); err != nil {
		return err
	}
	u.Created = Instant(created)
	return nil
}

// Unit reads an organizational unit, or ErrNotFound.
func (v *View) Unit(organization ident.OrganizationID, id ident.UnitID) (org.Unit, error) {
	return One(v, scanUnit, `SELECT `+unitColumns+` FROM units WHERE organization_id = $1 AND id = $2`, organization, id)
}

// UnitByName reads the unit that has a name within its parent, or ErrNotFound.
func (v *View) UnitByName(organization ident.OrganizationID, parent ident.ParentID, name string) (org.Unit, error) {
	return One(v, scanUnit, `SELECT `+unitColumns+` FROM units
		WHERE organization_id = $1 AND parent_id = $2 AND name = $3`, organization, parent, name)
}

// AfterUnit is the cursor after a unit in the lists of its parent.
func AfterUnit(u org.Unit) page.Cursor {
	return page.Cursor{At: Micros(u.Created), Sequence: u.Sequence}
}

// UnitsIn lists the units directly below a root or unit in the order of creation.
func (v *View) UnitsIn(organization ident.OrganizationID, parent ident.ParentID, after page.Cursor, limit int) ([]org.Unit, error) {
	return UpTo(v, limit, scanUnit, `SELECT `+unitColumns+` FROM units
		WHERE organization_id = $1 AND parent_id = $2 AND (created_at, sequence) > ($3, $4)
		ORDER BY created_at, sequence LIMIT $5`, organization, parent, after.At, after.Sequence)
}

// InsertUnit adds an organizational unit.
func (t *Tx) InsertUnit(u org.Unit) error {
	return t.ExecOne(`INSERT INTO units (organization_id, id, parent_id, name, path, depth, created_at, sequence)
		VALUES ($1, $2, $3, $4, $5, $6, $7, nextval('insertions'))`, u.Organization, u.ID, u.Parent, u.Name, u.Path, u.Depth, Micros(u.Created))
}

// UpdateUnitName renames a unit.
func (t *Tx) UpdateUnitName(organization ident.OrganizationID, id ident.UnitID, name string) error {
	return t.ExecOne(`UPDATE units SET name = $1 WHERE organization_id = $2 AND id = $3`, name, organization, id)
}

// DeleteUnit deletes an empty unit.
func (t *Tx) DeleteUnit(organization ident.OrganizationID, id ident.UnitID) error {
	return t.ExecOne(`DELETE FROM units WHERE organization_id = $1 AND id = $2`, organization, id)
}
