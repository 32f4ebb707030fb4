package main

import (
	"context"
	"fmt"
	"time"
	_ "unsafe" // for go:linkname

	v1 "k8s.io/api/autoscaling/v1"
	autoscaling "k8s.io/api/autoscaling/v2"
	"k8s.io/apimachinery/pkg/api/resource"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	defaults "k8s.io/kubernetes/pkg/apis/autoscaling/v2"
	"k8s.io/kubernetes/pkg/controller/podautoscaler"
)

// The controller manager's default.
const downscaleStabilization = 5 * time.Minute

// run is a scale target under an autoscaler, step by step. Values and targets are in thousandths.
type run struct {
	Tolerance float64 `json:"tolerance"`
	Min       int32   `json:"min"`
	Max       int32   `json:"max"`
	// Start is the replicas that the autoscaler finds.
	Start int32 `json:"start"`
	// Behavior gets Kubernetes' own defaults for what it leaves out.
	Behavior autoscaling.HorizontalPodAutoscalerBehavior `json:"behavior"`
	// Targets are the average values of one external metric each.
	Targets []int64 `json:"targets"`
	Steps   []step  `json:"steps"`
}

type step struct {
	AfterMs int64 `json:"afterMs"`
	// Replicas is set where somebody else scaled the target since the step before.
	Replicas *int32 `json:"replicas"`
	// Values has null for a metric that cannot be had.
	Values []*int64 `json:"values"`
}

// One pass of the controller, which it does for itself every 15 seconds.
//
//go:linkname reconcileAutoscaler k8s.io/kubernetes/pkg/controller/podautoscaler.(*HorizontalController).reconcileAutoscaler
func reconcileAutoscaler(
	*podautoscaler.HorizontalController, context.Context, *autoscaling.HorizontalPodAutoscaler, string,
) error

// follow must run in a bubble: it sleeps the time between steps.
func (c *controller) follow(run *run) reply {
	c.runs++
	hpa := run.autoscaler(fmt.Sprintf("hpa-%d", c.runs))
	given := reply{Replicas: make([]int32, len(run.Steps))}
	c.scales.replicas = run.Start
	for i, step := range run.Steps {
		time.Sleep(time.Duration(step.AfterMs) * time.Millisecond)
		if step.Replicas != nil {
			c.scales.replicas = *step.Replicas
		}
		c.source.values = map[string][]int64{}
		for metric, value := range step.Values {
			if value != nil {
				c.source.values[metricName(metric)] = []int64{*value}
			}
		}
		key := hpa.Namespace + "/" + hpa.Name
		if err := reconcileAutoscaler(c.real, context.Background(), hpa, key); err != nil {
			given.Error = err.Error()
		}
		given.Replicas[i] = c.scales.replicas
	}
	return given
}

func (r *run) autoscaler(name string) *autoscaling.HorizontalPodAutoscaler {
	metrics := make([]autoscaling.MetricSpec, len(r.Targets))
	for i, target := range r.Targets {
		metrics[i] = autoscaling.MetricSpec{
			Type: autoscaling.ExternalMetricSourceType,
			External: &autoscaling.ExternalMetricSource{
				Metric: autoscaling.MetricIdentifier{Name: metricName(i)},
				Target: autoscaling.MetricTarget{
					Type:         autoscaling.AverageValueMetricType,
					AverageValue: resource.NewMilliQuantity(target, resource.DecimalSI),
				},
			},
		}
	}
	hpa := &autoscaling.HorizontalPodAutoscaler{
		ObjectMeta: meta.ObjectMeta{Name: name, Namespace: namespace},
		Spec: autoscaling.HorizontalPodAutoscalerSpec{
			ScaleTargetRef: autoscaling.CrossVersionObjectReference{
				APIVersion: targetKind.GroupVersion().String(), Kind: targetKind.Kind, Name: "taskmanager",
			},
			MinReplicas: &r.Min,
			MaxReplicas: r.Max,
			Metrics:     metrics,
			Behavior:    &r.Behavior,
		},
	}
	defaults.SetDefaults_HorizontalPodAutoscaler(hpa)
	return hpa
}

func metricName(i int) string {
	return fmt.Sprintf("metric-%d", i)
}

func (s *scales) current() *v1.Scale {
	return &v1.Scale{
		Spec:   v1.ScaleSpec{Replicas: s.replicas},
		Status: v1.ScaleStatus{Replicas: s.replicas, Selector: "app=taskmanager"},
	}
}
