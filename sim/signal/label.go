package signal

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
)

// instance is the label by which targets are told apart; here it is their name.
const instance = model.InstanceLabel

// CheckLabels returns which labels cannot be set on a target, and why.
func CheckLabels(of map[string]string) error {
	var all []error
	for _, name := range slices.Sorted(maps.Keys(of)) {
		switch {
		case !model.UTF8Validation.IsValidLabelName(name):
			all = append(all, fmt.Errorf("%q is no name of a label", name))
		case name == instance:
			all = append(all, fmt.Errorf("%q is the name of the target already", name))
		case strings.HasPrefix(name, model.ReservedLabelPrefix):
			all = append(all, fmt.Errorf("%q is Prometheus' own", name))
		}
	}
	return errors.Join(all...)
}

func labelsOf(target string, more map[string]string) labels.Labels {
	own := map[string]string{instance: target}
	maps.Copy(own, more)
	return labels.FromMap(own)
}

// named are the labels of a target's series of that name.
func named(own labels.Labels, metric string) labels.Labels {
	return labels.NewBuilder(own).Set(labels.MetricName, metric).Labels()
}

// attach sets a target's labels on a series that it shows. A label of the service's own
// that is in the way is exported_ then, as Prometheus does unless it is told
// honor_labels.
func attach(builder *labels.Builder, shown, own labels.Labels) {
	var moved []labels.Label
	own.Range(func(l labels.Label) {
		if value := shown.Get(l.Name); value != "" {
			moved = append(moved, labels.Label{Name: l.Name, Value: value})
		}
		builder.Set(l.Name, l.Value)
	})
	// The shorter first, so that one that is prefixed already is not taken for free.
	slices.SortStableFunc(moved, func(a, b labels.Label) int { return cmp.Compare(len(a.Name), len(b.Name)) })
	for _, l := range moved {
		name := model.ExportedLabelPrefix + l.Name
		for builder.Get(name) != "" {
			name = model.ExportedLabelPrefix + name
		}
		builder.Set(name, l.Value)
	}
}
