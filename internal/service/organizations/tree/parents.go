package tree

import (
	"context"
	"errors"

	"accord/internal/api"
	"accord/internal/api/orgapi"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/page"
	"accord/internal/service/operation"
	"accord/internal/service/organizations/render"
	"accord/internal/store"
)

// Parent is a root or a unit as the parent of accounts and units.
type Parent struct {
	ID   ident.ParentID
	Path string
	// Depth is 0 for the root.
	Depth int
}

// FindParent reads the root or a unit of the caller's organization; missing is the
// error if there is none.
func FindParent(r *operation.Reader, id string, missing func() *api.Error) (Parent, error) {
	named := ident.ParentID(id)
	if named.IsRoot() {
		if named != r.Caller.Organization.Root.Parent() {
			return Parent{}, missing()
		}
		return Parent{ID: named, Path: r.Caller.Organization.RootPath()}, nil
	}
	u, err := r.Unit(r.Caller.Organization.ID, ident.UnitID(id))
	if errors.Is(err, store.ErrNotFound) {
		return Parent{}, missing()
	}
	return Parent{ID: u.ID.Parent(), Path: u.Path, Depth: u.Depth}, err
}

// MoveAccount gives an account another parent. The policies that it inherits change
// with it; its own policies and tags stay. [AWS: MoveAccount;
// the order of the checks is assumed]
func (s *Service) MoveAccount(ctx context.Context, in *orgapi.MoveAccountRequest) (*orgapi.MoveAccountResponse, error) {
	return operation.Update(ctx, s.Runner, in, func(u *operation.Unit) (*orgapi.MoveAccountResponse, error) {
		account, err := u.Member(*in.AccountId)
		if err != nil {
			return nil, err
		}
		source, err := FindParent(u.Reader, *in.SourceParentId, orgapi.ErrSourceParentNotFound)
		if err != nil {
			return nil, err
		}
		destination, err := FindParent(u.Reader, *in.DestinationParentId, orgapi.ErrDestinationParentNotFound)
		if err != nil {
			return nil, err
		}
		switch {
		case account.Membership.Parent != source.ID:
			// Also an account that is in the destination already. [openshift/
			// aws-account-operator, organizational_units.go]
			return nil, orgapi.ErrAccountNotFound()
		case source.ID == destination.ID:
			return nil, orgapi.ErrDuplicateAccount()
		}
		if err := u.Tx.UpdateAccountParent(account.ID, destination.ID, destination.Path); err != nil {
			return nil, err
		}
		account.Membership.Parent, account.Membership.ParentPath = destination.ID, destination.Path
		return &orgapi.MoveAccountResponse{}, s.Effective.FollowParent(u, u.Caller.Organization, &account, source.Path)
	})
}

// ListParents shows where an account or a unit is. [AWS: ListParents]
func (s *Service) ListParents(ctx context.Context, in *orgapi.ListParentsRequest) (*orgapi.ListParentsResponse, error) {
	return operation.View(ctx, s.Runner, in, func(r *operation.Reader) (*orgapi.ListParentsResponse, error) {
		parents, next, err := operation.Paginate(r, operation.List[ident.ParentID]{
			Fetch: func(page.Cursor, int) ([]ident.ParentID, error) {
				p, err := parentOf(r, *in.ChildId)
				return []ident.ParentID{p}, err
			},
			Key: func(ident.ParentID) page.Cursor { return page.First },
		})
		if err != nil {
			return nil, err
		}
		return &orgapi.ListParentsResponse{Parents: render.All(parents, render.Parent), NextToken: next}, nil
	})
}

// parentOf reads the parent of an account or a unit.
func parentOf(r *operation.Reader, child string) (ident.ParentID, error) {
	if ident.AccountID(child).Valid() {
		account, err := r.Account(ident.AccountID(child))
		if errors.Is(err, store.ErrNotFound) || err == nil && !account.In(r.Caller.Organization.ID) {
			return "", orgapi.ErrChildNotFound()
		}
		if err != nil {
			return "", err
		}
		return account.Membership.Parent, nil
	}
	u, err := r.Unit(r.Caller.Organization.ID, ident.UnitID(child))
	if errors.Is(err, store.ErrNotFound) {
		return "", orgapi.ErrChildNotFound()
	}
	return u.Parent, err
}

// ListChildren lists the ids of the accounts or of the units directly below a
// parent. [AWS: ListChildren]
func (s *Service) ListChildren(ctx context.Context, in *orgapi.ListChildrenRequest) (*orgapi.ListChildrenResponse, error) {
	return operation.View(ctx, s.Runner, in, func(r *operation.Reader) (*orgapi.ListChildrenResponse, error) {
		var children []orgapi.Child
		var next *string
		var err error
		if *in.ChildType == orgapi.ChildTypeAccount {
			var accounts []org.Member
			accounts, next, err = pageOfAccounts(r, *in.ParentId)
			children = render.All(accounts, func(a *org.Member) orgapi.Child { return render.Child(orgapi.ChildTypeAccount, string(a.ID)) })
		} else {
			var units []org.Unit
			units, next, err = pageOfUnits(r, *in.ParentId)
			children = render.All(units, func(u *org.Unit) orgapi.Child { return render.Child(orgapi.ChildTypeOrganizationalUnit, string(u.ID)) })
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
	return operation.View(ctx, s.Runner, in, func(r *operation.Reader) (*orgapi.ListAccountsForParentResponse, error) {
		accounts, next, err := pageOfAccounts(r, *in.ParentId)
		if err != nil {
			return nil, err
		}
		return &orgapi.ListAccountsForParentResponse{Accounts: render.Members(r, accounts), NextToken: next}, nil
	})
}

// ListOrganizationalUnitsForParent lists the units directly below a parent.
// [AWS: ListOrganizationalUnitsForParent]
func (s *Service) ListOrganizationalUnitsForParent(ctx context.Context, in *orgapi.ListOrganizationalUnitsForParentRequest) (*orgapi.ListOrganizationalUnitsForParentResponse, error) {
	return operation.View(ctx, s.Runner, in, func(r *operation.Reader) (*orgapi.ListOrganizationalUnitsForParentResponse, error) {
		units, next, err := pageOfUnits(r, *in.ParentId)
		if err != nil {
			return nil, err
		}
		return &orgapi.ListOrganizationalUnitsForParentResponse{OrganizationalUnits: render.All(units, render.With(r, render.Unit)), NextToken: next}, nil
	})
}

// pageOfAccounts reads a page of the accounts directly below a parent, in the order of
// joining.
func pageOfAccounts(r *operation.Reader, id string) ([]org.Member, *string, error) {
	return operation.Paginate(r, operation.List[org.Member]{
		From: page.First,
		Fetch: func(after page.Cursor, limit int) ([]org.Member, error) {
			p, err := FindParent(r, id, orgapi.ErrParentNotFound)
			if err != nil {
				return nil, err
			}
			return r.MembersIn(r.Caller.Organization.ID, p.ID, after, limit)
		},
		Key: store.AfterMember,
	})
}

// pageOfUnits reads a page of the units directly below a parent, in the order of
// creation.
func pageOfUnits(r *operation.Reader, id string) ([]org.Unit, *string, error) {
	return operation.Paginate(r, operation.List[org.Unit]{
		From: page.First,
		Fetch: func(after page.Cursor, limit int) ([]org.Unit, error) {
			p, err := FindParent(r, id, orgapi.ErrParentNotFound)
			if err != nil {
				return nil, err
			}
			return r.UnitsIn(r.Caller.Organization.ID, p.ID, after, limit)
		},
		Key: store.AfterUnit,
	})
}
