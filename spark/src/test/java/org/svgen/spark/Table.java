package org.svgen.spark;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Tables of small videos of the demo model, and sessions that make them. */
final class Table {
    static final String MODEL =
            java.nio.file.Path.of("..", "models", "demo").toAbsolutePath().toString();
    static final int SIZE = 32;
    static final int FRAMES = 9;

    private Table() {}

    static SparkSession local(java.nio.file.Path folder) {
        return quiet(SparkSession.builder().master("local[2]"), folder).getOrCreate();
    }

    static SparkSession.Builder quiet(SparkSession.Builder builder, java.nio.file.Path folder) {
        return builder.appName("test")
                .config("spark.ui.enabled", false)
                .config("spark.driver.host", "localhost")
                .config("spark.driver.bindAddress", "127.0.0.1")
                .config("spark.sql.warehouse.dir", folder.resolve("warehouse").toString())
                .config("spark.local.dir", folder.resolve("local").toString());
    }

    /** Prompts 0 to {@code count}, each with a seed of its own. */
    static Dataset<Row> prompts(SparkSession session, int count, int steps) {
        StructType schema =
                new StructType()
                        .add("id", DataTypes.IntegerType)
                        .add("prompt", DataTypes.StringType)
                        .add("seed", DataTypes.LongType)
                        .add("width", DataTypes.IntegerType)
                        .add("height", DataTypes.IntegerType)
                        .add("num_frames", DataTypes.IntegerType)
                        .add("steps", DataTypes.IntegerType);
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            rows.add(RowFactory.create(i, prompt(i), (long) i, SIZE, SIZE, FRAMES, steps));
        }
        return session.createDataFrame(rows, schema);
    }

    static String prompt(int i) {
        return "a red circle moves right, take %d".formatted(i);
    }
}
