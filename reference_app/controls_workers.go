package fulfil

// ScaleWorkers sets how many messages each replica has in hand at a time. Most
// is what a replica can bear, by its own setting.
func (c *Controls) ScaleWorkers(to, most int, by By) error {
	if to < 1 || to > most {
		return ruleError("too-many-workers", "a replica takes 1 to %d workers, not %d", most, to)
	}
	if c.s.Workers == to {
		return nil
	}
	return record(c, by, WorkersScaled{to})
}

// RestoreWorkers undoes ScaleWorkers: each replica has as many as it is
// configured for.
func (c *Controls) RestoreWorkers(by By) error {
	if c.s.Workers == 0 {
		return nil
	}
	return record(c, by, WorkersRestored{})
}

// What can happen to the workers.
type (
	WorkersScaled struct {
		To int `json:"to"`
	}
	WorkersRestored struct{}
)

// Name implements [Change].
func (WorkersScaled) Name() string { return "workers.scaled" }

// Name implements [Change].
func (WorkersRestored) Name() string { return "workers.restored" }
