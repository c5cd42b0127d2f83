package fulfil

import "slices"

// Class of a customer: whose orders give way first is decided by it when more
// come than can be placed. The shop says it with each order.
type Class string

// The classes, the most important one first.
const (
	Business Class = "business"
	Partner  Class = "partner"
	Private  Class = "private"
)

// Classes lists every class, the most important one first.
func Classes() []Class { return []Class{Business, Partner, Private} }

// CustomerClass is the class that the request says; Private when it says none,
// or one that there is not.
func (r OrderRequest) CustomerClass() Class {
	if slices.Contains(Classes(), r.Class) {
		return r.Class
	}
	return Private
}
