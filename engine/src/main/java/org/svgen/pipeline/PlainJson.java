package org.svgen.pipeline;

import java.util.Objects;
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
public final class PlainJson {
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

    private PlainJson() {}

    /**
     * {@return JSON on one line}
     *
     * @param value a record, or a map or a list of what JSON has
     */
    public static String compact(Object value) {
        Objects.requireNonNull(value, "value");
        return MAPPER.writeValueAsString(value);
    }

    /**
     * {@return JSON for people to read, too}
     *
     * @param value a record, or a map or a list of what JSON has
     */
    public static String pretty(Object value) {
        Objects.requireNonNull(value, "value");
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
