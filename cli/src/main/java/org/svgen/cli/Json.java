package org.svgen.cli;

import org.svgen.pipeline.Stage;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.JsonGeneratorDelegate;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.ToStringSerializer;

/**
 * Records to JSON: components in their order, names_like_this, constants in lower case; null for
 * what JSON has no number for, which is NaN and infinity.
 */
final class Json {
    private static final JsonMapper MAPPER =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .addDecorator((factory, out) -> new FiniteNumbers(out))
                                    .build())
                    .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                    .enable(EnumFeature.WRITE_ENUMS_TO_LOWERCASE)
                    .addModule(
                            new SimpleModule()
                                    .addSerializer(Stage.class, ToStringSerializer.instance))
                    .build();

    private Json() {}

    /** On one line. */
    static String compact(Object value) {
        return MAPPER.writeValueAsString(value);
    }

    /** For people to read too. */
    static String pretty(Object value) {
        return MAPPER.writer().with(SerializationFeature.INDENT_OUTPUT).writeValueAsString(value);
    }

    /** Jackson would write NaN as a text, which no program expects beside numbers. */
    private static final class FiniteNumbers extends JsonGeneratorDelegate {
        FiniteNumbers(JsonGenerator out) {
            super(out);
        }

        @Override
        public JsonGenerator writeNumber(double value) {
            return Double.isFinite(value) ? super.writeNumber(value) : writeNull();
        }

        @Override
        public JsonGenerator writeNumber(float value) {
            return Float.isFinite(value) ? super.writeNumber(value) : writeNull();
        }

        @Override
        public JsonGenerator writeArray(double[] values, int from, int count) {
            writeStartArray(values, count);
            for (int i = from; i < from + count; i++) {
                writeNumber(values[i]);
            }
            return writeEndArray();
        }
    }
}
