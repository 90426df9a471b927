package organizations

import (
	"context"
	"errors"
	"strings"

	"accord/internal/api/orgapi"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/page"
	"accord/internal/quota"
	"accord/internal/store"
)

// CreateOrganizationalUnit makes a unit below the root or another unit. [AWS:
// CreateOrganizationalUnit]
func (s *Service) CreateOrganizationalUnit(ctx context.Context, in *orgapi.CreateOrganizationalUnitRequest) (*orgapi.CreateOrganizationalUnitResponse, error) {
	return change(ctx, s, "CreateOrganizationalUnit", in, func(w *writing) (*orgapi.CreateOrganizationalUnitResponse, error) {
		above, err := w.parent(*in.ParentId, orgapi.ErrParentNotFound)
		if err != nil {
			return nil, err
		}
		if err := w.nameFree(above.id, *in.Name); err != nil {
			return nil, err
		}
		id := s.Source.Unit(w.organization.Root)
		u := org.Unit{
			ID:           id,
			Organization: w.organization.ID,
			Parent:       above.id,
			Name:         *in.Name,
			Path:         ident.UnitPath(above.path, id),
			Depth:        above.depth + 1,
			Created:      w.Now(),
		}
		if err := w.putTags(taggableUnit, string(u.ID), in.Tags); err != nil {
			return nil, err
		}
		if err := w.within(w.organization.ID, quota.UnitDepth, int64(u.Depth)); err != nil {
			return nil, err
		}
		if err := w.reserve(quota.UnitsPerOrganization, units); err != nil {
			return nil, err
		}
		if err := w.tx.InsertUnit(u); err != nil {
			return nil, err
		}
		return &orgapi.CreateOrganizationalUnitResponse{OrganizationalUnit: new(w.renderUnit(&u))}, nil
	})
}

// nameFree refuses a name that a unit of the same parent has. Names compare by
// their characters, case and blanks included. (assumed)
func (w *writing) nameFree(parent ident.ParentID, name string) error {
	_, err := w.tx.UnitByName(w.organization.ID, parent, name)
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
	return change(ctx, s, "UpdateOrganizationalUnit", in, func(w *writing) (*orgapi.UpdateOrganizationalUnitResponse, error) {
		u, err := w.unit(*in.OrganizationalUnitId)
		if err != nil {
			return nil, err
		}
		if name := text(in.Name); strings.Trim(name, " ") != "" && name != u.Name {
			if err := w.nameFree(u.Parent, name); err != nil {
				return nil, err
			}
			if err := w.tx.UpdateUnitName(u.Organization, u.ID, name); err != nil {
				return nil, err
			}
			u.Name = name
		}
		return &orgapi.UpdateOrganizationalUnitResponse{OrganizationalUnit: new(w.renderUnit(&u))}, nil
	})
}

// DeleteOrganizationalUnit removes a unit that holds neither accounts nor units.
// [AWS: DeleteOrganizationalUnit]
func (s *Service) DeleteOrganizationalUnit(ctx context.Context, in *orgapi.DeleteOrganizationalUnitRequest) (*orgapi.DeleteOrganizationalUnitResponse, error) {
	return change(ctx, s, "DeleteOrganizationalUnit", in, func(w *writing) (*orgapi.DeleteOrganizationalUnitResponse, error) {
		u, err := w.unit(*in.OrganizationalUnitId)
		if err != nil {
			return nil, err
		}
		below, err := w.tx.UnitsIn(u.Organization, u.ID.Parent(), page.First, 1)
		if err != nil {
			return nil, err
		}
		// Closed accounts count, until they are gone. (assumed)
		inside, err := w.tx.AccountsIn(u.Organization, u.ID.Parent(), page.First, 1)
		if err != nil {
			return nil, err
		}
		if len(below) > 0 || len(inside) > 0 {
			return nil, orgapi.ErrOrganizationalUnitNotEmpty()
		}
		if err := w.tx.DeleteTags(u.Organization, string(u.ID)); err != nil {
			return nil, err
		}
		if err := w.tx.DeleteTargetPolicies(u.Organization, u.ID.Target()); err != nil {
			return nil, err
		}
		if err := w.tx.AddToCounter(u.Organization, units, -1); err != nil {
			return nil, err
		}
		return &orgapi.DeleteOrganizationalUnitResponse{}, w.tx.DeleteUnit(u.Organization, u.ID)
	})
}

// DescribeOrganizationalUnit shows one unit. [AWS: DescribeOrganizationalUnit]
func (s *Service) DescribeOrganizationalUnit(ctx context.Context, in *orgapi.DescribeOrganizationalUnitRequest) (*orgapi.DescribeOrganizationalUnitResponse, error) {
	return read(ctx, s, "DescribeOrganizationalUnit", func(r *reading) (*orgapi.DescribeOrganizationalUnitResponse, error) {
		u, err := r.unit(*in.OrganizationalUnitId)
		if err != nil {
			return nil, err
		}
		return &orgapi.DescribeOrganizationalUnitResponse{OrganizationalUnit: new(r.renderUnit(&u))}, nil
	})
}

// unit reads a unit of the caller's organization.
func (r *reading) unit(id string) (org.Unit, error) {
	u, err := r.Unit(r.organization.ID, ident.UnitID(id))
	if errors.Is(err, store.ErrNotFound) {
		return u, orgapi.ErrOrganizationalUnitNotFound()
	}
	return u, err
}
