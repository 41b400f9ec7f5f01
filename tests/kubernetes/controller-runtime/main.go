// The peer of the operator in memory and idle CPU: a controller as most are written, which owns the kinds that the
// operator owns and does nothing else. It applies nothing, so that it is never at a disadvantage.
package main

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"os"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/config"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"
)

// Every kind of which the operator applies objects.
func owned() []client.Object {
	return []client.Object{
		&corev1.ConfigMap{}, &corev1.Secret{}, &corev1.Service{}, &corev1.ServiceAccount{},
		&appsv1.Deployment{}, &appsv1.DaemonSet{}, &appsv1.StatefulSet{},
		&rbacv1.ClusterRole{}, &rbacv1.ClusterRoleBinding{}, &rbacv1.Role{}, &rbacv1.RoleBinding{},
		&networkingv1.NetworkPolicy{}, &schedulingv1.PriorityClass{},
	}
}

var parent = schema.GroupVersionKind{Group: "flagstaff.dev", Version: "v1alpha1", Kind: "ClusterObservability"}

// Reads its parent and one object of it from the caches, as any reconciler begins.
type reconciler struct {
	client.Client
	metadata bool
}

func (r *reconciler) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	flag := &unstructured.Unstructured{}
	flag.SetGroupVersionKind(parent)
	if err := r.Get(ctx, request.NamespacedName, flag); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	name := client.ObjectKey{Namespace: "flagstaff", Name: "flagstaff-agent-node"}
	var object client.Object = &corev1.ConfigMap{}
	if r.metadata {
		partial := &metav1.PartialObjectMetadata{}
		partial.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind("ConfigMap"))
		object = partial
	}
	return ctrl.Result{}, client.IgnoreNotFound(r.Get(ctx, name, object))
}

func run() error {
	caches := flag.String("caches", "default", "default: whole objects; metadata: metadata only; selected: metadata of the own label only")
	metrics := flag.String("metrics", "127.0.0.1:8081", "address of /metrics")
	health := flag.String("health", "127.0.0.1:8082", "address of /readyz")
	selector := flag.String("selector", "app.kubernetes.io/managed-by=flagstaff", "label selector of --caches=selected")
	config.RegisterFlags(flag.CommandLine)
	flag.Parse()
	ctrl.SetLogger(zap.New())

	metadata := *caches != "default"
	kinds := cache.Options{}
	switch *caches {
	case "default", "metadata":
	case "selected":
		own, err := labels.Parse(*selector)
		if err != nil {
			return fmt.Errorf("read the selector: %w", err)
		}
		kinds.ByObject = map[client.Object]cache.ByObject{}
		for _, kind := range owned() {
			kinds.ByObject[kind] = cache.ByObject{Label: own}
		}
	default:
		return fmt.Errorf("--caches=%s is none of default, metadata, selected", *caches)
	}
	configuration, err := ctrl.GetConfig()
	if err != nil {
		return fmt.Errorf("find the cluster: %w", err)
	}
	manager, err := ctrl.NewManager(configuration, ctrl.Options{
		Cache:                         kinds,
		Metrics:                       server.Options{BindAddress: *metrics},
		HealthProbeBindAddress:        *health,
		LeaderElection:                true,
		LeaderElectionID:              "peer-" + *caches,
		LeaderElectionNamespace:       "default",
		LeaderElectionReleaseOnCancel: true,
	})
	if err != nil {
		return fmt.Errorf("make a manager: %w", err)
	}
	flagOfCluster := &unstructured.Unstructured{}
	flagOfCluster.SetGroupVersionKind(parent)
	controller := ctrl.NewControllerManagedBy(manager).For(flagOfCluster)
	for _, kind := range owned() {
		if metadata {
			controller = controller.Owns(kind, builder.OnlyMetadata)
		} else {
			controller = controller.Owns(kind)
		}
	}
	if err := controller.Complete(&reconciler{manager.GetClient(), metadata}); err != nil {
		return fmt.Errorf("make a controller: %w", err)
	}
	context := ctrl.SetupSignalHandler()
	synced := func() error {
		if !manager.GetCache().WaitForCacheSync(context) {
			return fmt.Errorf("the caches are not filled")
		}
		return nil
	}
	if err := manager.AddReadyzCheck("caches", func(*http.Request) error { return synced() }); err != nil {
		return fmt.Errorf("add a check: %w", err)
	}
	return manager.Start(context)
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "controller-runtime peer:", err)
		os.Exit(1)
	}
}
