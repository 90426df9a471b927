package simulation

import "accord/internal/api/iamapi"

// question are the members that both simulations have.
type question struct {
	actions, resources                    []string
	resourcePolicy, resourceOwner, caller *string
	entries                               []iamapi.ContextEntry
	identity, boundary                    []string
}

// ask adds the members of a request to a simulation.
func (s *simulation) ask(q *question) error {
	if err := checkActions(q.actions); err != nil {
		return err
	}
	if err := checkResources(q.resources); err != nil {
		return err
	}
	if len(q.resources) > 1 || len(q.resources) == 1 && q.resources[0] != anyResource {
		s.resources = q.resources
	}
	policies, err := identityInput(q.identity)
	if err != nil {
		return err
	}
	s.input.Identity = append(s.input.Identity[:len(s.input.Identity):len(s.input.Identity)], policies...)
	limit, err := boundary(q.boundary)
	if err != nil {
		return err
	}
	if limit.Applies {
		s.input.Boundary = limit
	}
	if q.caller != nil {
		linked := s.caller.ServiceLinked
		if s.caller, err = caller(*q.caller); err != nil {
			return err
		}
		s.caller.ServiceLinked = linked
	}
	if s.owner = s.caller.Account; q.resourceOwner != nil {
		if s.owner, err = owner(*q.resourceOwner); err != nil {
			return err
		}
	}
	if q.resourcePolicy != nil {
		if s.input.Resource, err = resourcePolicy(*q.resourcePolicy); err != nil {
			return err
		}
		s.bytes += len(*q.resourcePolicy)
	}
	s.bytes += size(q.identity) + size(q.boundary)
	s.keys, s.given, err = contextOf(q.entries, q.caller)
	return err
}

func size(list []string) int {
	n := 0
	for _, content := range list {
		n += len(content)
	}
	return n
}
