package main

import (
	"context"

	v1 "k8s.io/api/autoscaling/v1"
	autoscaling "k8s.io/api/autoscaling/v2"
	core "k8s.io/api/core/v1"
	apimeta "k8s.io/apimachinery/pkg/api/meta"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	hpainformers "k8s.io/client-go/informers/autoscaling/v2"
	coreinformers "k8s.io/client-go/informers/core/v1"
	hpaclient "k8s.io/client-go/kubernetes/typed/autoscaling/v2"
	coreclient "k8s.io/client-go/kubernetes/typed/core/v1"
	hpalisters "k8s.io/client-go/listers/autoscaling/v2"
	corelisters "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/scale"
	"k8s.io/client-go/tools/cache"
	"k8s.io/kubernetes/pkg/controller/podautoscaler"
)

var targetKind = schema.GroupVersionKind{Group: "apps", Version: "v1", Kind: "Deployment"}

// controllers holds one controller for each tolerance: it is set when a controller is made.
type controllers struct{ byTolerance map[float64]*controller }

// controller is Kubernetes' own over a scale target, metrics and API that stand in for a cluster's.
type controller struct {
	real   *podautoscaler.HorizontalController
	scales *scales
	source *metricSource
	runs   int
}

func newControllers() *controllers {
	return &controllers{byTolerance: map[float64]*controller{}}
}

// withTolerance must be called outside of a bubble: a controller has goroutines that never end.
func (c *controllers) withTolerance(tolerance float64) *controller {
	found, made := c.byTolerance[tolerance]
	if !made {
		found = newController(tolerance)
		c.byTolerance[tolerance] = found
	}
	return found
}

func newController(tolerance float64) *controller {
	mapper := apimeta.NewDefaultRESTMapper([]schema.GroupVersion{targetKind.GroupVersion()})
	mapper.Add(targetKind, apimeta.RESTScopeNamespace)
	scales, source := &scales{}, &metricSource{}
	never := cache.NewSharedIndexInformer(nil, nil, 0, nil)
	real := podautoscaler.NewHorizontalController(
		context.Background(), events{}, scales, statuses{}, mapper, source,
		hpaInformer{never: never}, podInformer{never: never}, 0,
		downscaleStabilization, tolerance, cpuInitializationPeriod, initialReadinessDelay)
	return &controller{real: real, scales: scales, source: source}
}

// scales is the scale target.
type scales struct {
	scale.ScaleInterface
	replicas int32
}

func (s *scales) Scales(string) scale.ScaleInterface { return s }

func (s *scales) Get(
	context.Context, schema.GroupResource, string, meta.GetOptions,
) (*v1.Scale, error) {
	return s.current(), nil
}

func (s *scales) Update(
	_ context.Context, _ schema.GroupResource, wanted *v1.Scale, _ meta.UpdateOptions,
) (*v1.Scale, error) {
	s.replicas = wanted.Spec.Replicas
	return s.current(), nil
}

// statuses takes every status that the controller writes.
type statuses struct {
	hpaclient.HorizontalPodAutoscalerInterface
}

func (s statuses) HorizontalPodAutoscalers(string) hpaclient.HorizontalPodAutoscalerInterface {
	return s
}

func (statuses) UpdateStatus(
	_ context.Context, hpa *autoscaling.HorizontalPodAutoscaler, _ meta.UpdateOptions,
) (*autoscaling.HorizontalPodAutoscaler, error) {
	return hpa, nil
}

// events takes every event that the controller writes.
type events struct{ coreclient.EventInterface }

func (e events) Events(string) coreclient.EventInterface { return e }

func (events) CreateWithEventNamespace(event *core.Event) (*core.Event, error) { return event, nil }
func (events) UpdateWithEventNamespace(event *core.Event) (*core.Event, error) { return event, nil }
func (events) PatchWithEventNamespace(event *core.Event, _ []byte) (*core.Event, error) {
	return event, nil
}

// The informers never run: there are no pods, and autoscalers are handed over by hand.
type hpaInformer struct {
	hpainformers.HorizontalPodAutoscalerInformer
	never cache.SharedIndexInformer
}

func (i hpaInformer) Informer() cache.SharedIndexInformer { return i.never }
func (i hpaInformer) Lister() hpalisters.HorizontalPodAutoscalerLister {
	return hpalisters.NewHorizontalPodAutoscalerLister(i.never.GetIndexer())
}

type podInformer struct {
	coreinformers.PodInformer
	never cache.SharedIndexInformer
}

func (i podInformer) Informer() cache.SharedIndexInformer { return i.never }
func (i podInformer) Lister() corelisters.PodLister       { return listerOf(nil) }
