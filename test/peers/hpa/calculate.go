package main

import (
	"context"
	"fmt"
	"time"
	"unsafe"

	autoscaling "k8s.io/api/autoscaling/v2"
	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/kubernetes/pkg/controller/podautoscaler"
	"k8s.io/kubernetes/pkg/controller/podautoscaler/metrics"
)

// The controller manager's defaults.
const (
	cpuInitializationPeriod = 5 * time.Minute
	initialReadinessDelay   = 30 * time.Second
)

// calculation is one question to the replica calculator. Usage and values are in thousandths.
type calculation struct {
	// Metric is utilization, externalValue, externalAverage, objectValue or objectAverage.
	Metric    string  `json:"metric"`
	Current   int32   `json:"current"`
	Target    int64   `json:"target"`
	Tolerance float64 `json:"tolerance"`
	// Request is every pod's CPU request.
	Request int64   `json:"request"`
	Pods    []pod   `json:"pods"`
	Values  []int64 `json:"values"`
}

// tolerances has the layout of podautoscaler.Tolerances, whose fields nobody else can set.
type tolerances struct{ scaleDown, scaleUp float64 }

func both(tolerance float64) podautoscaler.Tolerances {
	return *(*podautoscaler.Tolerances)(unsafe.Pointer(&tolerances{tolerance, tolerance}))
}

func (c *calculation) replicas() (replicas int32, err error) {
	pods, usage := makePods(c.Pods, c.Request)
	source := &metricSource{usage: usage, values: map[string][]int64{"m": c.Values}}
	calculator := podautoscaler.NewReplicaCalculator(
		source, listerOf(pods), cpuInitializationPeriod, initialReadinessDelay)
	accepted, all := both(c.Tolerance), labels.Everything()
	object := &autoscaling.CrossVersionObjectReference{Kind: "Service", Name: "s"}
	switch c.Metric {
	case "utilization":
		replicas, _, _, _, err = calculator.GetResourceReplicas(
			context.Background(), c.Current, int32(c.Target), core.ResourceCPU, accepted, namespace, all, "")
	case "externalValue":
		replicas, _, _, err = calculator.GetExternalMetricReplicas(
			c.Current, c.Target, "m", accepted, namespace, nil, all)
	case "externalAverage":
		replicas, _, _, err = calculator.GetExternalPerPodMetricReplicas(
			c.Current, c.Target, "m", accepted, namespace, nil)
	case "objectValue":
		replicas, _, _, err = calculator.GetObjectMetricReplicas(
			c.Current, c.Target, "m", accepted, namespace, object, all, all)
	case "objectAverage":
		replicas, _, _, err = calculator.GetObjectPerPodMetricReplicas(
			c.Current, c.Target, "m", accepted, namespace, object, all)
	default:
		err = fmt.Errorf("there is no metric %q", c.Metric)
	}
	return replicas, err
}

// metricSource stands in for the metrics APIs. A name without values fails, as an API that is out of reach does.
type metricSource struct {
	metrics.MetricsClient
	usage  metrics.PodMetricsInfo
	values map[string][]int64
}

func (s *metricSource) GetResourceMetric(
	context.Context, core.ResourceName, string, labels.Selector, string,
) (metrics.PodMetricsInfo, time.Time, error) {
	return s.usage, time.Now(), nil
}

func (s *metricSource) GetExternalMetric(
	name string, _ string, _ labels.Selector,
) ([]int64, time.Time, error) {
	values, found := s.values[name]
	if !found {
		return nil, time.Time{}, fmt.Errorf("no value of %s", name)
	}
	return values, time.Now(), nil
}

func (s *metricSource) GetObjectMetric(
	name string, _ string, _ *autoscaling.CrossVersionObjectReference, _ labels.Selector,
) (int64, time.Time, error) {
	sum := int64(0)
	for _, value := range s.values[name] {
		sum += value
	}
	return sum, time.Now(), nil
}
