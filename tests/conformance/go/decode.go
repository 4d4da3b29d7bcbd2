package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"

	monitoring "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	gateway "sigs.k8s.io/gateway-api/apis/v1"
)

// The custom kinds that cmp-host emits and that upstream serves as Go types.
var types = map[string]func() any{
	"monitoring.coreos.com/v1 ServiceMonitor": func() any { return new(monitoring.ServiceMonitor) },
	"monitoring.coreos.com/v1 PrometheusRule": func() any { return new(monitoring.PrometheusRule) },
	"gateway.networking.k8s.io/v1 HTTPRoute":  func() any { return new(gateway.HTTPRoute) },
}

func decodeAll(in io.Reader, out io.Writer) error {
	manifests := json.NewDecoder(in)
	for {
		var manifest json.RawMessage
		if err := manifests.Decode(&manifest); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		fmt.Fprintln(out, verdict(manifest))
	}
}

func verdict(manifest json.RawMessage) string {
	if err := check(manifest); err != nil {
		return err.Error()
	}
	return "ok"
}

// check decodes strictly and encodes again. The second step finds what the first overlooks: encoding/json takes
// a key in the wrong case for the field, and a custom decoder may drop what it does not know.
func check(manifest json.RawMessage) error {
	var head struct{ APIVersion, Kind string }
	if err := json.Unmarshal(manifest, &head); err != nil {
		return err
	}
	create, known := types[head.APIVersion+" "+head.Kind]
	if !known {
		return fmt.Errorf("no type for %s %s", head.APIVersion, head.Kind)
	}
	object := create()
	if err := decodeStrictly(manifest, object); err != nil {
		return err
	}
	return compare(manifest, object)
}

func decodeStrictly(manifest json.RawMessage, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(manifest))
	decoder.DisallowUnknownFields()
	return decoder.Decode(into)
}

func compare(manifest json.RawMessage, object any) error {
	encoded, err := json.Marshal(object)
	if err != nil {
		return err
	}
	given, err := parse(manifest)
	if err != nil {
		return err
	}
	kept, err := parse(encoded)
	if err != nil {
		return err
	}
	return lost("", given, kept)
}

// parse keeps numbers as they are written: as float64, two large ones could look alike.
func parse(text []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	return value, decoder.Decode(&value)
}

// lost reports the first thing of `given` that `kept` does not hold. Upstream's types may add empty fields.
func lost(path string, given, kept any) error {
	switch given := given.(type) {
	case map[string]any:
		return lostInMap(path, given, kept)
	case []any:
		return lostInList(path, given, kept)
	}
	if !reflect.DeepEqual(given, kept) {
		return fmt.Errorf("%s: %v comes back as %v", path, given, kept)
	}
	return nil
}

func lostInMap(path string, given map[string]any, kept any) error {
	fields, _ := kept.(map[string]any)
	for key, value := range given {
		field, found := fields[key]
		if !found {
			return fmt.Errorf("%s.%s: does not come back", path, key)
		}
		if err := lost(path+"."+key, value, field); err != nil {
			return err
		}
	}
	return nil
}

func lostInList(path string, given []any, kept any) error {
	items, _ := kept.([]any)
	if len(items) != len(given) {
		return fmt.Errorf("%s: %d items come back as %d", path, len(given), len(items))
	}
	for i, value := range given {
		if err := lost(fmt.Sprintf("%s[%d]", path, i), value, items[i]); err != nil {
			return err
		}
	}
	return nil
}
