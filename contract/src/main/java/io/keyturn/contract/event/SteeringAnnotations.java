package io.keyturn.contract.event;

import java.util.Map;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.util.StdConverter;
import io.keyturn.contract.reference.AnnotationName;
import io.keyturn.contract.reference.AnnotationValue;

/** Reads those annotations that steer restarts; what an earlier or a later version has stated beside them is passed over. */
final class SteeringAnnotations extends StdConverter<Map<String, JsonNode>, Map<AnnotationName, AnnotationValue>> {
    @Override
    public Map<AnnotationName, AnnotationValue> convert(Map<String, JsonNode> stated) {
        var known = new TreeMap<AnnotationName, AnnotationValue>();
        stated.forEach((name, value) -> {
            if (AnnotationName.fits(name) && value.isTextual() && AnnotationValue.fits(value.textValue())) {
                known.put(new AnnotationName(name), new AnnotationValue(value.textValue()));
            }
        });
        return known;
    }
}
