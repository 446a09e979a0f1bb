package example;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A smallest CRM connector, the product under test: it shows each customer who reaches an agent. It
 * knows nothing of the emulator: it is a client of the documented agent gateway.
 */
public final class Connector implements AutoCloseable {
  private final HttpClient http = HttpClient.newHttpClient();
  private final String gateway;
  private final int agent;
  private final Consumer<String> show;
  private final Thread polling = new Thread(this::poll);
  private volatile String guid = "";

  public Connector(String gateway, int agent, Consumer<String> show) {
    this.gateway = gateway + "/agentgateway/resource";
    this.agent = agent;
    this.show = show;
    polling.setDaemon(true);
  }

  public void signIn(String password, String phone) {
    String body = "{\"password\":\"%s\",\"phonenum\":\"%s\"}".formatted(password, phone);
    String answer = ask("PUT", "onlineagent", "", body);
    if (!"0".equals(field(answer, "retcode"))) {
      throw new IllegalStateException("sign-in refused: " + field(answer, "message"));
    }
    polling.start();
  }

  /** Signs out, whatever the agent is doing; the last events are still shown. */
  @Override
  public void close() {
    ask("DELETE", "onlineagent", "/forcelogout", "");
    try {
      polling.join(30_000);
    } catch (InterruptedException error) {
      Thread.currentThread().interrupt();
    }
  }

  private void poll() {
    String answer;
    while ("0".equals(field(answer = ask("GET", "agentevent", "", ""), "retcode"))) {
      if ("AgentEvent_Talking".equals(field(answer, "eventType"))) {
        show.accept(field(answer, "caller"));
      }
    }
  }

  private String ask(String method, String component, String rest, String body) {
    URI address = URI.create("%s/%s/%d%s".formatted(gateway, component, agent, rest));
    HttpRequest request =
        HttpRequest.newBuilder(address)
            .header("guid", guid)
            .header("Content-Type", "application/json")
            .method(method, BodyPublishers.ofString(body))
            .build();
    try {
      HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
      answer.headers().firstValue("Set-GUID").ifPresent(it -> guid = it.replace("JSESSIONID=", ""));
      return answer.body();
    } catch (java.io.IOException error) {
      throw new java.io.UncheckedIOException(error);
    } catch (InterruptedException error) {
      throw new IllegalStateException(error);
    }
  }

  /** A text field of a JSON document: enough for an example, a product takes a JSON library. */
  static String field(String document, String name) {
    Matcher found = Pattern.compile("\"" + name + "\":\"([^\"]*)\"").matcher(document);
    return found.find() ? found.group(1) : "";
  }
}
