// A SCIM server with a token, made of scimmy-routers; it runs in the folder in which that is installed.
import {createRequire} from "node:module";
import {pathToFileURL} from "node:url";

const require = createRequire(process.cwd() + "/");
const load = async (name) => {
    const module = await import(pathToFileURL(require.resolve(name)));
    return module.default ?? module;
};
const [express, routers, scimmy] = [await load("express"), await load("scimmy-routers"), await load("scimmy")];
const SCIMMY = scimmy.default ?? scimmy, SCIMMYRouters = routers.default ?? routers;

const nobody = () => [];
SCIMMY.Resources.declare(SCIMMY.Resources.User).ingress(nobody).egress(nobody).degress(nobody);

const app = express();
app.use("/scim", new SCIMMYRouters({
    type: "bearer",
    handler: (request) => {
        if (request.header("Authorization") !== `Bearer ${process.env.TOKEN}`) throw new Error("no such token");
        return "somebody";
    },
}));
app.listen(Number(process.env.PORT), "127.0.0.1");
