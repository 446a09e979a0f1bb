// Calls SOAP services through proxies that Mono's wsdl has generated, as lines of JSON on standard
// input say. The orders and the answers are described in toolchain.py; a service is loaded with
// the assembly that its proxy was compiled into.

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text;
using System.Web.Script.Serialization;
using System.Web.Services.Protocols;

static class Driver
{
    static readonly UTF8Encoding Utf8 = new UTF8Encoding(false);
    static readonly JavaScriptSerializer Json = new JavaScriptSerializer { MaxJsonLength = 1 << 26 };
    static readonly Dictionary<string, SoapHttpClientProtocol> Clients =
        new Dictionary<string, SoapHttpClientProtocol>();

    static void Main()
    {
        var orders = new StreamReader(Console.OpenStandardInput(), Utf8);
        var answers = new StreamWriter(Console.OpenStandardOutput(), Utf8) { AutoFlush = true };
        for (var line = orders.ReadLine(); line != null; line = orders.ReadLine())
        {
            var order = Json.Deserialize<Dictionary<string, object>>(line);
            answers.WriteLine(Json.Serialize(Obey(order)));
        }
    }

    static Dictionary<string, object> Obey(Dictionary<string, object> order)
    {
        try
        {
            object result = order.ContainsKey("wsdl") ? Load(order) : Call(order);
            return new Dictionary<string, object> { { "result", result } };
        }
        catch (Exception error)
        {
            return Describe((error as TargetInvocationException)?.InnerException ?? error);
        }
    }

    static Dictionary<string, object> Describe(Exception error)
    {
        var soap = error as SoapException;
        return new Dictionary<string, object>
        {
            { "exception", error.GetType().Name },
            { "code", soap == null ? "" : soap.Code.Name },
            { "message", error.Message },
        };
    }

    static object Load(Dictionary<string, object> order)
    {
        var proxy = Assembly.LoadFrom((string)order["assembly"])
            .GetTypes()
            .Single(it => it.IsSubclassOf(typeof(SoapHttpClientProtocol)));
        var client = (SoapHttpClientProtocol)Activator.CreateInstance(proxy);
        client.Url = (string)order["address"];
        if ((string)order["version"] == "1.2")
        {
            client.SoapVersion = SoapProtocolVersion.Soap12;
        }
        Clients[(string)order["service"]] = client;
        return null;
    }

    static object Call(Dictionary<string, object> order)
    {
        var client = Clients[(string)order["service"]];
        var given = (Dictionary<string, object>)order["arguments"];
        var method = client.GetType().GetMethod((string)order["operation"]);
        if (method == null)
        {
            throw new MissingMethodException((string)order["operation"]);
        }
        return method.Invoke(client, method.GetParameters().Select(it => Value(it, given)).ToArray());
    }

    // A number that may be left out has a parameter beside it that says whether it is there.
    static object Value(ParameterInfo parameter, Dictionary<string, object> given)
    {
        const string specified = "Specified";
        object value;
        if (given.TryGetValue(parameter.Name, out value))
        {
            return value == null ? null : Convert.ChangeType(value, parameter.ParameterType);
        }
        if (parameter.ParameterType == typeof(bool) && parameter.Name.EndsWith(specified))
        {
            return given.ContainsKey(parameter.Name.Substring(0, parameter.Name.Length - specified.Length));
        }
        return parameter.ParameterType.IsValueType ? Activator.CreateInstance(parameter.ParameterType) : null;
    }
}
