package tree

import (
	"context"
	"errors"
	"strings"

	"accord/internal/api/orgapi"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/page"
	"accord/internal/quota"
	"accord/internal/service/operation"
	"accord/internal/service/organizations/render"
	"accord/internal/service/organizations/tags"
	"accord/internal/store"
)

// units counts the organizational units of an organization.
const units store.CounterName = "units"

// CreateOrganizationalUnit makes a unit below the root or another unit. [AWS:
// CreateOrganizationalUnit]
func (s *Service) CreateOrganizationalUnit(ctx context.Context, in *orgapi.CreateOrganizationalUnitRequest) (*orgapi.CreateOrganizationalUnitResponse, error) {
	return operation.Update(ctx, s.Runner, in, func(u *operation.Unit) (*orgapi.CreateOrganizationalUnitResponse, error) {
		above, err := FindParent(u.Reader, *in.ParentId, orgapi.ErrParentNotFound)
		if err != nil {
			return nil, err
		}
		if err := requireFreeName(u, above.ID, *in.Name); err != nil {
			return nil, err
		}
		id := u.Source.Unit(u.Caller.Organization.Root)
		ou := org.Unit{
			ID:           id,
			Organization: u.Caller.Organization.ID,
			Parent:       above.ID,
			Name:         *in.Name,
			Path:         ident.UnitPath(above.Path, id),
			Depth:        above.Depth + 1,
			Created:      u.Now(),
		}
		if err := tags.Put(u, tags.Unit, string(ou.ID), in.Tags); err != nil {
			return nil, err
		}
		if err := u.RequireWithin(u.Caller.Organization.ID, quota.UnitDepth, int64(ou.Depth)); err != nil {
			return nil, err
		}
		if err := u.Reserve(quota.UnitsPerOrganization, units); err != nil {
			return nil, err
		}
		if err := u.Tx.InsertUnit(ou); err != nil {
			return nil, err
		}
		return &orgapi.CreateOrganizationalUnitResponse{OrganizationalUnit: new(render.Unit(u.Reader, &ou))}, nil
	})
}

// requireFreeName rejects a name that a unit of the same parent has. Names compare by
// their characters, case and blanks included. [assumed]
func requireFreeName(u *operation.Unit, parent ident.ParentID, name string) error {
	_, err := u.UnitByName(u.Caller.Organization.ID, parent, name)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return orgapi.ErrDuplicateOrganizationalUnit()
}

// UpdateOrganizationalUnit gives a unit another name. A request without a name,
// or with nothing but blanks, changes nothing. [AWS: UpdateOrganizationalUnit;
// recorded: no name, one blank]
func (s *Service) UpdateOrganizationalUnit(ctx context.Context, in *orgapi.UpdateOrganizationalUnitRequest) (*orgapi.UpdateOrganizationalUnitResponse, error) {
	return operation.Update(ctx, s.Runner, in, func(u *operation.Unit) (*orgapi.UpdateOrganizationalUnitResponse, error) {
		ou, err := findUnit(u.Reader, *in.OrganizationalUnitId)
		if err != nil {
			return nil, err
		}
		if name := operation.Deref(in.Name); strings.Trim(name, " ") != "" && name != ou.Name {
			if err := requireFreeName(u, ou.Parent, name); err != nil {
				return nil, err
			}
			if err := u.Tx.UpdateUnitName(ou.Organization, ou.ID, name); err != nil {
				return nil, err
			}
			ou.Name = name
		}
		return &orgapi.UpdateOrganizationalUnitResponse{OrganizationalUnit: new(render.Unit(u.Reader, &ou))}, nil
	})
}

// DeleteOrganizationalUnit removes a unit that holds neither accounts nor units.
// [AWS: DeleteOrganizationalUnit]
func (s *Service) DeleteOrganizationalUnit(ctx context.Context, in *orgapi.DeleteOrganizationalUnitRequest) (*orgapi.DeleteOrganizationalUnitResponse, error) {
	return operation.Update(ctx, s.Runner, in, func(u *operation.Unit) (*orgapi.DeleteOrganizationalUnitResponse, error) {
		ou, err := findUnit(u.Reader, *in.OrganizationalUnitId)
		if err != nil {
			return nil, err
		}
		below, err := u.UnitsIn(ou.Organization, ou.ID.Parent(), page.First, 1)
		if err != nil {
			return nil, err
		}
		// Closed accounts count, until they are gone. [assumed]
		inside, err := u.AccountsIn(ou.Organization, ou.ID.Parent(), page.First, 1)
		if err != nil {
			return nil, err
		}
		if len(below) > 0 || len(inside) > 0 {
			return nil, orgapi.ErrOrganizationalUnitNotEmpty()
		}
		if err := u.Tx.DeleteTags(ou.Organization, string(ou.ID)); err != nil {
			return nil, err
		}
		if err := u.Tx.DeleteTargetPolicies(ou.Organization, ou.ID.Target()); err != nil {
			return nil, err
		}
		if err := u.Tx.AddToCounter(ou.Organization, units, -1); err != nil {
			return nil, err
		}
		return &orgapi.DeleteOrganizationalUnitResponse{}, u.Tx.DeleteUnit(ou.Organization, ou.ID)
	})
}

// DescribeOrganizationalUnit shows one unit. [AWS: DescribeOrganizationalUnit]
func (s *Service) DescribeOrganizationalUnit(ctx context.Context, in *orgapi.DescribeOrganizationalUnitRequest) (*orgapi.DescribeOrganizationalUnitResponse, error) {
	return operation.View(ctx, s.Runner, in, func(r *operation.Reader) (*orgapi.DescribeOrganizationalUnitResponse, error) {
		ou, err := findUnit(r, *in.OrganizationalUnitId)
		if err != nil {
			return nil, err
		}
		return &orgapi.DescribeOrganizationalUnitResponse{OrganizationalUnit: new(render.Unit(r, &ou))}, nil
	})
}

// findUnit reads a unit of the caller's organization.
func findUnit(r *operation.Reader, id string) (org.Unit, error) {
	ou, err := r.Unit(r.Caller.Organization.ID, ident.UnitID(id))
	if errors.Is(err, store.ErrNotFound) {
		return ou, orgapi.ErrOrganizationalUnitNotFound()
	}
	return ou, err
}
