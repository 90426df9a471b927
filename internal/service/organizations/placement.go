package organizations

import (
	"context"
	"errors"

	"accord/internal/api"
	"accord/internal/api/orgapi"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/page"
	"accord/internal/store"
)

// This file is about places in the tree: what is where, and moving an account.

// parent is a root or a unit as a place for accounts and units.
type parent struct {
	id   ident.ParentID
	path string
	// depth is 0 for the root.
	depth int
}

// parent reads the root or a unit of the caller's organization; missing is what
// the caller is told where there is none.
func (r *reading) parent(id string, missing func() *api.Error) (parent, error) {
	named := ident.ParentID(id)
	if named.IsRoot() {
		if named != r.organization.Root.Parent() {
			return parent{}, missing()
		}
		return parent{id: named, path: r.organization.RootPath()}, nil
	}
	u, err := r.Unit(r.organization.ID, ident.UnitID(id))
	if errors.Is(err, store.ErrNotFound) {
		return parent{}, missing()
	}
	return parent{id: u.ID.Parent(), path: u.Path, depth: u.Depth}, err
}

// MoveAccount gives an account another place in the tree. What applies to it
// from above changes with it; its own policies and tags stay. [AWS: MoveAccount;
// the order of the checks is assumed]
func (s *Service) MoveAccount(ctx context.Context, in *orgapi.MoveAccountRequest) (*orgapi.MoveAccountResponse, error) {
	return change(ctx, s, "MoveAccount", in, func(w *writing) (*orgapi.MoveAccountResponse, error) {
		account, err := w.member(*in.AccountId)
		if err != nil {
			return nil, err
		}
		source, err := w.parent(*in.SourceParentId, orgapi.ErrSourceParentNotFound)
		if err != nil {
			return nil, err
		}
		destination, err := w.parent(*in.DestinationParentId, orgapi.ErrDestinationParentNotFound)
		if err != nil {
			return nil, err
		}
		switch account.Membership.Parent {
		case destination.id:
			return nil, orgapi.ErrDuplicateAccount()
		case source.id:
			if err := w.tx.UpdateAccountParent(account.ID, destination.id, destination.path); err != nil {
				return nil, err
			}
			account.Membership.Parent, account.Membership.ParentPath = destination.id, destination.path
			return &orgapi.MoveAccountResponse{}, s.placed(w.tx, w.organization, &account, source.path, w.Now())
		default:
			// An account that is elsewhere is not found. [AWS: public reports]
			return nil, orgapi.ErrAccountNotFound()
		}
	})
}

// ListParents shows where an account or a unit is. [AWS: ListParents]
func (s *Service) ListParents(ctx context.Context, in *orgapi.ListParentsRequest) (*orgapi.ListParentsResponse, error) {
	return read(ctx, s, "ListParents", func(r *reading) (*orgapi.ListParentsResponse, error) {
		parents, next, err := turnTo(r, list[ident.ParentID]{
			fetch: func(page.Cursor, int) ([]ident.ParentID, error) {
				p, err := r.parentOf(*in.ChildId)
				return []ident.ParentID{p}, err
			},
			key: func(ident.ParentID) page.Cursor { return page.First },
		}, in.NextToken, in.MaxResults, *in.ChildId)
		if err != nil {
			return nil, err
		}
		return &orgapi.ListParentsResponse{Parents: render(parents, renderParent), NextToken: next}, nil
	})
}

// parentOf reads the parent of an account or a unit.
func (r *reading) parentOf(child string) (ident.ParentID, error) {
	if ident.AccountID(child).Valid() {
		account, err := r.Account(ident.AccountID(child))
		if errors.Is(err, store.ErrNotFound) || err == nil && !account.In(r.organization.ID) {
			return "", orgapi.ErrChildNotFound()
		}
		if err != nil {
			return "", err
		}
		return account.Membership.Parent, nil
	}
	u, err := r.Unit(r.organization.ID, ident.UnitID(child))
	if errors.Is(err, store.ErrNotFound) {
		return "", orgapi.ErrChildNotFound()
	}
	return u.Parent, err
}

// ListChildren lists the ids of the accounts or of the units directly below a
// parent. [AWS: ListChildren]
func (s *Service) ListChildren(ctx context.Context, in *orgapi.ListChildrenRequest) (*orgapi.ListChildrenResponse, error) {
	return read(ctx, s, "ListChildren", func(r *reading) (*orgapi.ListChildrenResponse, error) {
		var children []orgapi.Child
		var next *string
		var err error
		if *in.ChildType == orgapi.ChildTypeAccount {
			var accounts []org.Member
			accounts, next, err = r.accountsIn(*in.ParentId, in.NextToken, in.MaxResults, string(*in.ChildType))
			children = render(accounts, func(a *org.Member) orgapi.Child { return renderChild(orgapi.ChildTypeAccount, string(a.ID)) })
		} else {
			var units []org.Unit
			units, next, err = r.unitsIn(*in.ParentId, in.NextToken, in.MaxResults, string(*in.ChildType))
			children = render(units, func(u *org.Unit) orgapi.Child { return renderChild(orgapi.ChildTypeOrganizationalUnit, string(u.ID)) })
		}
		if err != nil {
			return nil, err
		}
		return &orgapi.ListChildrenResponse{Children: children, NextToken: next}, nil
	})
}

// ListAccountsForParent lists the accounts directly below a parent. [AWS:
// ListAccountsForParent]
func (s *Service) ListAccountsForParent(ctx context.Context, in *orgapi.ListAccountsForParentRequest) (*orgapi.ListAccountsForParentResponse, error) {
	return read(ctx, s, "ListAccountsForParent", func(r *reading) (*orgapi.ListAccountsForParentResponse, error) {
		accounts, next, err := r.accountsIn(*in.ParentId, in.NextToken, in.MaxResults)
		if err != nil {
			return nil, err
		}
		return &orgapi.ListAccountsForParentResponse{Accounts: render(accounts, r.renderMember), NextToken: next}, nil
	})
}

// ListOrganizationalUnitsForParent lists the units directly below a parent.
// [AWS: ListOrganizationalUnitsForParent]
func (s *Service) ListOrganizationalUnitsForParent(ctx context.Context, in *orgapi.ListOrganizationalUnitsForParentRequest) (*orgapi.ListOrganizationalUnitsForParentResponse, error) {
	return read(ctx, s, "ListOrganizationalUnitsForParent", func(r *reading) (*orgapi.ListOrganizationalUnitsForParentResponse, error) {
		units, next, err := r.unitsIn(*in.ParentId, in.NextToken, in.MaxResults)
		if err != nil {
			return nil, err
		}
		return &orgapi.ListOrganizationalUnitsForParentResponse{OrganizationalUnits: render(units, r.renderUnit), NextToken: next}, nil
	})
}

// accountsIn turns to a page of the accounts directly below a parent, in the
// order of joining; parameters are those of the list besides the parent.
func (r *reading) accountsIn(id string, token *string, maxResults *int32, parameters ...string) ([]org.Member, *string, error) {
	return turnTo(r, list[org.Member]{
		from: page.First,
		fetch: func(after page.Cursor, limit int) ([]org.Member, error) {
			p, err := r.parent(id, orgapi.ErrParentNotFound)
			if err != nil {
				return nil, err
			}
			return r.MembersIn(r.organization.ID, p.id, after, limit)
		},
		key: store.AfterMember,
	}, token, maxResults, append(parameters, id)...)
}

// unitsIn turns to a page of the units directly below a parent, in the order of
// creation; parameters are those of the list besides the parent.
func (r *reading) unitsIn(id string, token *string, maxResults *int32, parameters ...string) ([]org.Unit, *string, error) {
	return turnTo(r, list[org.Unit]{
		from: page.First,
		fetch: func(after page.Cursor, limit int) ([]org.Unit, error) {
			p, err := r.parent(id, orgapi.ErrParentNotFound)
			if err != nil {
				return nil, err
			}
			return r.UnitsIn(r.organization.ID, p.id, after, limit)
		},
		key: store.AfterUnit,
	}, token, maxResults, append(parameters, id)...)
}
