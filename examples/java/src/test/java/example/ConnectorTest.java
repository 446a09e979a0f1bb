package example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ConnectorTest {
  private final LinkedBlockingQueue<String> shown = new LinkedBlockingQueue<>();
  private World world;

  @BeforeEach
  void aCallCenterOfItsOwn() throws Exception {
    world = World.ofEnvironment();
  }

  @AfterEach
  void isForgotten() throws Exception {
    world.close();
  }

  @Test
  void theAgentIsShownWhoCalls() throws Exception {
    try (Connector connector = new Connector(world.url, 101, shown::add)) {
      connector.signIn("Demo@2026", "40101");
      world.dialIn("13912345678", "95001");
      assertEquals("13912345678", shown.poll(5, TimeUnit.SECONDS));
    }
  }

  @Test
  void theConnectorSignsInOnce() throws Exception {
    try (Connector connector = new Connector(world.url, 102, shown::add)) {
      connector.signIn("Demo@2026", "40102");
    }
    assertTrue(world.verify("{\"section\":\"6.1.1.1\",\"agent\":102,\"times\":1}"));
  }

  @Test
  void aWrongPasswordIsReported() {
    Connector connector = new Connector(world.url, 101, shown::add);
    assertThrows(IllegalStateException.class, () -> connector.signIn("wrong", "40101"));
  }
}
