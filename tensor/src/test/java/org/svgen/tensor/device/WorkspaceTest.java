package org.svgen.tensor.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.svgen.tensor.ClosedException;
import org.svgen.tensor.DType;
import org.svgen.tensor.SvgenException;
import org.svgen.tensor.Tensor;

class WorkspaceTest {
    private final Backend backend = DryRun.backend();

    @Test
    void tensorsLieBehindEachOtherOnAlignedPlaces() {
        try (Workspace ws = new Workspace(backend, 4096, DType.BF16)) {
            Tensor first = ws.allocate(3);
            Tensor second = ws.allocate(DType.F32, 65);
            Tensor third = ws.allocate(1);
            assertThat(List.of(first.offset(), second.offset(), third.offset()))
                    .containsExactly(0L, 256L, 768L);
            assertThat(first).hasToString("bf16 [3]");
            assertThat(second.storage()).isSameAs(first.storage());
        }
    }

    @Test
    void aScopeGivesBackWhatWasTakenInIt() {
        try (Workspace ws = new Workspace(backend, 4096)) {
            ws.allocate(64);
            List<Long> places = new ArrayList<>();
            for (int layer = 0; layer < 3; layer++) {
                try (Workspace.Scope scope = ws.scope()) {
                    places.add(ws.allocate(200).offset());
                    try (Workspace.Scope inner = ws.scope()) {
                        ws.allocate(300);
                    }
                }
            }
            assertThat(places).containsOnly(256L);
            assertThat(ws.highWater()).isEqualTo(256 + 1024 + 1280);
            assertThat(ws.allocate(1).offset()).isEqualTo(256);
        }
    }

    @Test
    void theLastTensorMayFillItToTheBrim() {
        try (Workspace ws = new Workspace(backend, 300)) {
            ws.allocate(75);
            assertThat(ws.highWater()).isEqualTo(300);
        }
    }

    @Test
    void saysWhatDidNotFit() {
        try (Workspace ws = new Workspace(backend, 1000)) {
            ws.allocate(100);
            assertThatThrownBy(() -> ws.allocate(10, 20))
                    .isInstanceOf(SvgenException.class)
                    .hasMessageContaining("workspace of 1000 bytes is too small")
                    .hasMessageContaining("f32 [10, 20] asked with 512 bytes in use");
        }
    }

    @Test
    void isUsedNoMoreWhenItIsClosed() {
        Workspace ws = new Workspace(backend, 1000);
        ws.close();
        ws.close();
        assertThatThrownBy(() -> ws.allocate(1)).isInstanceOf(ClosedException.class);
    }
}
