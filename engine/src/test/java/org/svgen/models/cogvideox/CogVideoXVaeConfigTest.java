package org.svgen.models.cogvideox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.checkpoint.Config;
import org.svgen.tensor.BadInputException;
import org.svgen.vae.TileGrid;

class CogVideoXVaeConfigTest {
    @TempDir Path folder;

    @Test
    void whatIsNotSaidIsAsInDiffusers() throws IOException {
        CogVideoXVaeConfig config = read("");
        assertThat(config.channels()).isEqualTo(List.of(128, 256, 256, 512));
        assertThat(config.spatialRatio()).isEqualTo(8);
        assertThat(config.videoFrames(13)).isEqualTo(49);
        assertThat(config.latentFrames(49)).isEqualTo(13);
        assertThat(config.scalingFactor()).isEqualTo(1.15258426);
    }

    @Test
    void tilesAreThoseOfDiffusers() throws IOException {
        TileGrid grid = read(", \"sample_height\": 480, \"sample_width\": 720").tiles(60, 90);
        // Pixels: tiles of 240 x 360, strides of 200 and 288, so seams of 40 and 72.
        assertThat(grid).isEqualTo(new TileGrid(60, 90, 30, 45, 25, 36));
        assertThat(grid.count()).isEqualTo(9);
        assertThat(grid.tile(8)).isEqualTo(new TileGrid.Tile(2, 2, 50, 72, 10, 18));
        assertThat(read(", \"sample_height\": 96, \"sample_width\": 80").tiles(7, 6))
                .isEqualTo(new TileGrid(7, 6, 6, 5, 5, 4));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"block_out_channels\": [32, 33]      | multiples of norm_num_groups, 32",
                "\"block_out_channels\": []            | multiples of norm_num_groups, 32",
                "\"up_block_types\": [\"UpBlock2D\"]   | 4 times \"CogVideoXUpBlock3D\"",
                "\"act_fn\": \"relu\"                  | expected \"silu\"",
                "\"temporal_compression_ratio\": 3     | a power of 2 up to 8",
                "\"temporal_compression_ratio\": 0     | a power of 2 up to 8",
                "\"temporal_compression_ratio\": 16    | a power of 2 up to 8",
                "\"latent_channels\": 0                | from 1 to 16384"
            })
    void whatCannotRunIsNamed(String entry, String expected) {
        assertThatThrownBy(() -> read(", " + entry))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("config.json")
                .hasMessageContaining(entry.substring(0, entry.indexOf(':')))
                .hasMessageContaining(expected);
    }

    private CogVideoXVaeConfig read(String entries) throws IOException {
        String json = "{\"_class_name\": \"AutoencoderKLCogVideoX\"" + entries + "}";
        return CogVideoXVaeConfig.read(
                Config.read(Files.writeString(folder.resolve("config.json"), json)));
    }
}
