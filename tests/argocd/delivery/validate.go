package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	argopath "github.com/argoproj/argo-cd/v3/util/app/path"
	"github.com/argoproj/argo-cd/v3/util/argo"
	"github.com/argoproj/argo-cd/v3/util/db"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/yaml"
)

// validate asks Argo CD about everything in a file, and counts its Applications. Expected manifests beside the file are what
// the Applications will sync.
func validate(text, path string) (int, error) {
	found, err := decode(text)
	if err != nil {
		return 0, err
	}
	if len(found.applications) == 0 {
		return 0, errors.New("there is no Application")
	}
	for _, project := range found.projects {
		if err := confined(project); err != nil {
			return 0, err
		}
	}
	names := map[string]bool{}
	for _, application := range found.applications {
		if names[application.Name] {
			return 0, fmt.Errorf("two Applications are called %s", application.Name)
		}
		names[application.Name] = true
		if err := found.check(&application); err != nil {
			return 0, fmt.Errorf("%s: %w", application.Name, err)
		}
	}
	return len(found.applications), found.permitManifests(filepath.Dir(path))
}

// confined wants a project that is valid, and permits nothing that no service needs.
func confined(project *v1alpha1.AppProject) error {
	if err := project.ValidateProject(); err != nil {
		return err
	}
	elsewhere := v1alpha1.ApplicationSource{RepoURL: "https://git.example.com/other.git", Path: "."}
	permitsMore := project.IsSourcePermitted(elsewhere) ||
		project.IsGroupKindNamePermitted(schema.GroupKind{Group: "rbac.authorization.k8s.io", Kind: "ClusterRole"}, "admin", false) ||
		project.IsGroupKindNamePermitted(schema.GroupKind{Kind: "Namespace"}, "kube-system", false) ||
		project.IsGroupKindNamePermitted(schema.GroupKind{Kind: "Secret"}, "token", true)
	if permitsMore {
		return fmt.Errorf("the project %s permits what no service needs", project.Name)
	}
	permitted, err := project.IsDestinationPermitted(cluster("https://kubernetes.default.svc"), "kube-system", nil)
	if permitted {
		return fmt.Errorf("the project %s permits kube-system", project.Name)
	}
	return err
}

// check asks about one Application and its project.
func (it *objects) check(application *v1alpha1.Application) error {
	spec := &application.Spec
	if !argo.IsValidAppName(application.Name) || !argo.IsValidNamespaceName(spec.Destination.Namespace) {
		return errors.New("its name or its namespace is none")
	}
	if !application.IsFinalizerPresent(v1alpha1.ResourcesFinalizerName) {
		return errors.New("it would leave behind what it delivered")
	}
	if !reflect.DeepEqual(argo.NormalizeApplicationSpec(spec), spec) {
		return errors.New("Argo CD would write it in another way")
	}
	if kind, err := spec.Source.ExplicitType(); err != nil || kind == nil || *kind != v1alpha1.ApplicationSourceTypePlugin {
		return fmt.Errorf("it is no plugin's: %v %v", kind, err)
	}
	if retry := spec.SyncPolicy.Retry; retry != nil {
		if _, err := retry.NextRetryAt(application.CreationTimestamp.Time, 3); err != nil {
			return err
		}
	}
	if err := sends(application); err != nil {
		return err
	}
	project := it.projects[spec.Project]
	if project == nil {
		project = &v1alpha1.AppProject{Spec: everything}
	}
	conditions, err := argo.ValidatePermissions(context.Background(), spec, project, clusters{})
	if err != nil || len(conditions) > 0 {
		return fmt.Errorf("the project %s refuses it: %v %v", spec.Project, conditions, err)
	}
	if !project.IsGroupKindNamePermitted(schema.GroupKind{Kind: "Namespace"}, spec.Destination.Namespace, false) {
		return errors.New("its namespace cannot be made")
	}
	return nil
}

// The platform's own projects are not ours to know.
var everything = v1alpha1.AppProjectSpec{
	SourceRepos:              []string{"*"},
	Destinations:             []v1alpha1.ApplicationDestination{{Server: "*", Namespace: "*"}},
	ClusterResourceWhitelist: []v1alpha1.ClusterResourceRestrictionItem{{Group: "*", Kind: "*"}},
}

// sends wants the annotation to name the spec, and not a file that has nothing to do with it.
func sends(application *v1alpha1.Application) error {
	source := *application.Spec.Source
	paths := argopath.GetSourceRefreshPaths(application, source)
	spec := filepath.Join(source.Path, "sglang.toml")
	if len(paths) == 0 || !argopath.AppFilesHaveChanged(paths, []string{spec}) {
		return fmt.Errorf("a change of %s would not be noticed", spec)
	}
	if source.Path != "." && argopath.AppFilesHaveChanged(paths, []string{"nothing/to/do/with/it"}) {
		return errors.New("a change of any file would render it")
	}
	return nil
}

// permitManifests holds what will be synced against the projects.
func (it *objects) permitManifests(folder string) error {
	paths, err := filepath.Glob(filepath.Join(folder, "manifests*.yaml"))
	if err != nil {
		return err
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, document := range strings.Split(string(text), "\n---\n") {
			object := &unstructured.Unstructured{}
			if err := yaml.Unmarshal([]byte(document), &object.Object); err != nil {
				return err
			}
			if err := it.permit(object); err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
		}
	}
	return nil
}

// permit finds an Application that delivers to the object's namespace, and asks its project.
func (it *objects) permit(object *unstructured.Unstructured) error {
	for _, application := range it.applications {
		destination, project := application.Spec.Destination, it.projects[application.Spec.Project]
		if destination.Namespace != object.GetNamespace() {
			continue
		}
		server, err := argo.GetDestinationCluster(context.Background(), destination, clusters{})
		if err != nil || project == nil {
			return err
		}
		permitted, err := project.IsLiveResourcePermitted(object, server, nil)
		if err == nil && !permitted {
			err = fmt.Errorf("the project %s does not permit the %s %s", project.Name, object.GetKind(), object.GetName())
		}
		return err
	}
	return fmt.Errorf("no Application delivers to the namespace %s", object.GetNamespace())
}

// clusters are all that anybody names.
type clusters struct{ db.ArgoDB }

func (clusters) GetClusterServersByName(_ context.Context, name string) ([]string, error) {
	return []string{"https://" + name}, nil
}

func (clusters) GetCluster(_ context.Context, server string) (*v1alpha1.Cluster, error) {
	return cluster(server), nil
}

func cluster(server string) *v1alpha1.Cluster {
	name := strings.TrimPrefix(server, "https://")
	if server == "https://kubernetes.default.svc" {
		name = "in-cluster"
	}
	return &v1alpha1.Cluster{Server: server, Name: name}
}
