package org.svgen.server.keys;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class TicketsTest {
    private static final String VIDEO = "video_abcdefghijklmnopqrstuvwx";

    private Instant now = Instant.ofEpochSecond(1_800_000_000);
    private final Tickets tickets = new Tickets(() -> now);

    @Test
    void aTicketOpensItsVideoAlone() {
        String ticket = tickets.issue(VIDEO).text();

        assertThat(tickets.opens(VIDEO, ticket)).isTrue();
        assertThat(tickets.opens(VIDEO + "y", ticket)).isFalse();
    }

    @Test
    void aTicketEndsAfterAMinute() {
        Tickets.Ticket ticket = tickets.issue(VIDEO);
        assertThat(ticket.expiresAt()).isEqualTo(1_800_000_060);

        now = now.plusSeconds(60);

        assertThat(tickets.opens(VIDEO, ticket.text())).isFalse();
    }

    @Test
    void aTicketCannotBeMadeToLastLonger() {
        String ticket = tickets.issue(VIDEO).text();

        assertThat(tickets.opens(VIDEO, ticket.replaceFirst("^\\d+", "1900000000"))).isFalse();
        assertThat(tickets.opens(VIDEO, "")).isFalse();
        assertThat(tickets.opens(VIDEO, "99999999999999999999-00")).isFalse();
    }

    @Test
    void aTicketOfAnotherProcessOpensNothing() {
        assertThat(new Tickets(() -> now).opens(VIDEO, tickets.issue(VIDEO).text())).isFalse();
    }
}
