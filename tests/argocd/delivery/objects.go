package main

import (
	"fmt"
	"strings"

	"github.com/argoproj/argo-cd/v3/applicationset/controllers/template"
	"github.com/argoproj/argo-cd/v3/applicationset/generators"
	"github.com/argoproj/argo-cd/v3/applicationset/utils"
	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"github.com/sirupsen/logrus"
	"sigs.k8s.io/yaml"
)

// objects are what one file holds; the Applications of its sets are among them.
type objects struct {
	projects     map[string]*v1alpha1.AppProject
	applications []v1alpha1.Application
}

// decode takes every field by its name, and none that Argo CD does not have.
func decode(text string) (objects, error) {
	it := objects{projects: map[string]*v1alpha1.AppProject{}}
	for _, document := range strings.Split(text, "\n---\n") {
		if err := it.add([]byte(document)); err != nil {
			return it, fmt.Errorf("%w\n%s", err, document)
		}
	}
	return it, nil
}

func (it *objects) add(document []byte) error {
	var head struct{ APIVersion, Kind string }
	if err := yaml.Unmarshal(document, &head); err != nil {
		return err
	}
	switch {
	case head.APIVersion != "argoproj.io/v1alpha1":
		return fmt.Errorf("Argo CD has no API %s", head.APIVersion)
	case head.Kind == "AppProject":
		project := &v1alpha1.AppProject{}
		err := yaml.UnmarshalStrict(document, project)
		it.projects[project.Name] = project
		return err
	case head.Kind == "Application":
		application := v1alpha1.Application{}
		err := yaml.UnmarshalStrict(document, &application)
		it.applications = append(it.applications, application)
		return err
	case head.Kind == "ApplicationSet":
		set := v1alpha1.ApplicationSet{}
		if err := yaml.UnmarshalStrict(document, &set); err != nil {
			return err
		}
		applications, err := render(set)
		it.applications = append(it.applications, applications...)
		return err
	}
	return fmt.Errorf("Argo CD has no kind %s", head.Kind)
}

// render makes the Applications of a set as the ApplicationSet controller does.
func render(set v1alpha1.ApplicationSet) ([]v1alpha1.Application, error) {
	if err := utils.CheckInvalidGenerators(&set); err != nil {
		return nil, err
	}
	known := map[string]generators.Generator{"List": generators.NewListGenerator()}
	log := logrus.NewEntry(logrus.StandardLogger())
	applications, _, err := template.GenerateApplications(log, set, known, &utils.Render{}, nil)
	if err == nil && len(applications) < 2 {
		err = fmt.Errorf("the set %s renders %d Applications", set.Name, len(applications))
	}
	return applications, err
}
