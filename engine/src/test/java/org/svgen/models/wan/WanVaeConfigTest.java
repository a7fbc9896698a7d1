package org.svgen.models.wan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.checkpoint.Config;
import org.svgen.tensor.BadInputException;
import org.svgen.vae.TileGrid;

class WanVaeConfigTest {
    private static final String LARGE =
            ", \"base_dim\": 160, \"decoder_base_dim\": 256, \"z_dim\": 48, \"is_residual\": true,"
                    + " \"in_channels\": 12, \"out_channels\": 12, \"patch_size\": 2,"
                    + " \"scale_factor_spatial\": 16, \"latents_mean\": "
                    + Collections.nCopies(48, "0.5")
                    + ", \"latents_std\": "
                    + Collections.nCopies(48, "2");

    @TempDir Path folder;

    @Test
    void whatIsNotSaidIsAsInDiffusers() throws IOException {
        WanVaeConfig config = read("");
        assertThat(config.encoderChannels()).isEqualTo(List.of(96, 192, 384, 384));
        assertThat(config.decoderChannels()).isEqualTo(List.of(96, 192, 384, 384));
        assertThat(config.resnetsPerBlock()).isEqualTo(2);
        assertThat(config.spatialRatio()).isEqualTo(8);
        assertThat(config.latentChannels()).isEqualTo(16);
        assertThat(config.videoFrames(21)).isEqualTo(81);
        assertThat(config.latentFrames(81)).isEqualTo(21);
        assertThat(config.latentsMean()).hasSize(16).startsWith(-0.7571f).endsWith(-0.2921f);
        assertThat(config.latentsStd()).hasSize(16).startsWith(2.8184f).endsWith(1.916f);
    }

    @Test
    void theLargerOneHasPatches() throws IOException {
        WanVaeConfig config = read(LARGE);
        assertThat(config.encoderChannels()).isEqualTo(List.of(160, 320, 640, 640));
        assertThat(config.decoderChannels()).isEqualTo(List.of(256, 512, 1024, 1024));
        assertThat(config.spatialRatio()).isEqualTo(16);
        assertThat(config.inChannels()).isEqualTo(3);
        assertThat(config.outChannels()).isEqualTo(3);
        assertThat(config.latentsMean()).hasSize(48).containsOnly(0.5f);
    }

    @Test
    void tilesAreThoseOfDiffusers() throws IOException {
        WanVaeConfig small = read("");
        assertThat(WanTiles.ofDecoder(small).over(90, 160))
                .isEqualTo(new TileGrid(90, 160, 32, 32, 24, 24));
        assertThat(WanTiles.ofDecoder(small).over(32, 32).count()).isEqualTo(1);
        assertThat(WanTiles.ofEncoder(small)).isEqualTo(WanTiles.ofDecoder(small));
        WanVaeConfig large = read(LARGE);
        assertThat(WanTiles.ofDecoder(large).over(44, 80))
                .isEqualTo(new TileGrid(44, 80, 16, 16, 12, 12));
        assertThat(WanTiles.ofEncoder(large).over(44, 80))
                .isEqualTo(new TileGrid(44, 80, 32, 32, 24, 24));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"dim_mult\": []                            | the first of them 1",
                "\"dim_mult\": [2, 4]                        | the first of them 1",
                "\"dim_mult\": [1, 0]                        | the first of them 1",
                "\"base_dim\": 16384                         | at most 16384 channels",
                "\"decoder_base_dim\": 8192                  | at most 16384 channels",
                "\"temperal_downsample\": [true, true]       | 3 times true or false",
                "\"temperal_downsample\": [1, 0, 0]          | a list of true or false",
                "\"temperal_downsample\": [true, true, true] | expected 8, by temperal_downsample",
                "\"z_dim\": 8                                | 8 numbers, one for each channel",
                "\"latents_mean\": [1]                       | 16 numbers",
                "\"latents_std\": [0]                        | numbers from",
                "\"attn_scales\": [0.5]                      | an empty list",
                "\"in_channels\": 4                          | expected 3, the colours of a patch",
                "\"out_channels\": 12                        | expected 3, the colours of a patch",
                "\"patch_size\": 2                           | expected 12, the colours of a patch",
                "\"patch_size\": 0                           | from 1 to 16",
                "\"scale_factor_spatial\": 16                | expected 8, by dim_mult",
                "\"scale_factor_temporal\": 8                | expected 4, by temperal_downsample",
                "\"num_res_blocks\": 0                       | from 1 to",
                "\"is_residual\": 1                          | true or false"
            })
    void whatCannotRunIsNamed(String entry, String expected) {
        assertThatThrownBy(() -> read(", " + entry))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("config.json")
                .hasMessageContaining(expected);
    }

    @Test
    void channelsThatNoShortcutCanMakeAreRefused() {
        assertThatThrownBy(() -> read(LARGE + ", \"dim_mult\": [1, 2, 3, 5]"))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("dim_mult");
        assertThatThrownBy(() -> read(", \"base_dim\": 5, \"dim_mult\": [1, 3, 4, 4]"))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("even numbers of channels");
    }

    private WanVaeConfig read(String entries) throws IOException {
        String json = "{\"_class_name\": \"AutoencoderKLWan\"" + entries + "}";
        return WanVaeConfig.read(
                Config.read(Files.writeString(folder.resolve("config.json"), json)));
    }
}
